#pragma once

#include "alerts/alert_message.hpp"
#include "alerts/alert_status.hpp"
#include "alerts/receiver.hpp"
#include "alerts/retry_rule.hpp"

#include <dtrace/async/wakeup.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/http/client.hpp>
#include <dtrace/store/event_store.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace dtrace::master {

/// Tells one receiver of events, in the order in which they were kept, each at least once; probes
/// that go or come back within a short time in one message, unless that is refused. How far it has
/// come is committed after each one. What it cannot deliver is tried again until it is too old;
/// what it leaves out is counted and said. Driver: filter, message and waits are pure.
class AlertSender {
  public:
    struct Parts {
        store::EventStore& events;
        std::function<std::set<std::string>(Event const&)> tags_of;
        std::string public_url;
        /// What is told in groups waits so long after the group before, if more may join it.
        Duration between_groups;
        Logger& log;
    };

    /// `position`: number of the last event that the receiver need not be told of.
    AlertSender(boost::asio::any_io_executor executor, Parts parts, Receiver receiver,
                std::uint64_t position);

    /// Until stop() or the second signal. With the first one what is under way is finished.
    [[nodiscard]] boost::asio::awaitable<void> run();
    void stop();
    /// The same for good: it is no receiver any more. Its position is not kept from now on.
    void remove() {
        removed_ = true;
        stop();
    }

    /// There may be more to tell.
    void wake() { changed_.notify_all(); }
    /// The same receiver, told in another way or of other things; tried at once.
    void change(Receiver receiver);
    [[nodiscard]] Uuid const& stamp() const { return receiver_.stamp; }

    struct Outcome {
        Reception reception = Reception::later;
        unsigned status = 0;  ///< 0: no answer came
        std::string reason;   ///< why it was not taken
        std::optional<seconds> retry_after;
    };
    /// One attempt.
    [[nodiscard]] boost::asio::awaitable<Outcome> send(AlertMessage message);

    [[nodiscard]] AlertReceiverStatus const& status() const { return status_; }

  private:
    using Numbered = std::span<store::NumberedEvent const>;
    struct Group {
        std::vector<Event> events;
        std::vector<Event> too_old;  ///< were among them; counted once they are behind us
        std::size_t count = 1;       ///< of what was read is behind us when these are told
        bool open = false;           ///< what happens next may belong to it
    };
    /// The first one, and what is told together with it. How many are behind us now; none: what
    /// comes next is to be read anew. `seen`: version of `changed_` before they were read.
    [[nodiscard]] boost::asio::awaitable<std::size_t> handle(Numbered events, std::uint64_t seen);
    [[nodiscard]] boost::asio::awaitable<void> gather(Numbered events, Group& group);
    [[nodiscard]] boost::asio::awaitable<void> give_way();
    [[nodiscard]] bool is_wanted(Event const& event) const;
    /// False: stopped before it came to an end, or to be gathered anew.
    [[nodiscard]] boost::asio::awaitable<bool> deliver(Group& group);
    void leave_out_unwanted(Group& group);
    [[nodiscard]] boost::asio::awaitable<AlertMessage> message_for(
        std::vector<Event> const& together);
    /// Shorter if the receiver is another than that of `stamp`.
    [[nodiscard]] boost::asio::awaitable<void> pause(Duration duration, Uuid stamp);
    /// Shorter if anything has changed since `seen`.
    [[nodiscard]] boost::asio::awaitable<void> rest_until(TimePoint deadline, std::uint64_t seen);
    [[nodiscard]] boost::asio::awaitable<void> keep_position();
    void take_receiver(Receiver receiver);
    void note_forgotten(std::uint64_t next);
    void note_delivery(std::size_t count);
    void note_failure(Outcome const& outcome);
    void leave_out(std::uint64_t& count, std::string_view why, Event const& event);

    Parts parts_;
    boost::asio::any_io_executor executor_;
    async::Wakeup changed_;
    Receiver receiver_;
    std::shared_ptr<http::Client> client_;
    std::uint64_t position_;
    std::uint64_t kept_position_;
    bool stopping_ = false;
    bool removed_ = false;
    std::map<EventKind, TimePoint> group_due_;  ///< sooner only what nothing can join any more
    std::size_t one_by_one_ = 0;                ///< so many, of a group that was refused
    std::uint64_t judged_ = 0;
    bool leaves_out_ = false;  ///< the last one; to be logged once
    AlertReceiverStatus status_;
};

}  // namespace dtrace::master
