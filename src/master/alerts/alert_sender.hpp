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
/// that go or come back within a short time in one message. How far it has come is committed after
/// each one. What it cannot deliver is tried again until it is too old; what it leaves out is
/// counted and said. Driver: filter, message and waits are pure.
class AlertSender {
  public:
    struct Parts {
        store::EventStore& events;
        std::function<std::set<std::string>(Event const&)> tags_of;
        std::string public_url;
        /// What is told in groups waits so long after the group before.
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
    void remove();

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
    /// The first one, and what is told together with it. How many are behind us now; none: what
    /// comes next is to be read anew.
    [[nodiscard]] boost::asio::awaitable<std::size_t> handle(Numbered events);
    [[nodiscard]] std::size_t gather(Numbered events, std::vector<Event>& together) const;
    /// False: stopped before it came to an end.
    [[nodiscard]] boost::asio::awaitable<bool> deliver(std::vector<Event> together);
    void leave_out_unwanted(std::vector<Event>& together);
    [[nodiscard]] boost::asio::awaitable<AlertMessage> message_for(
        std::vector<Event> const& together);
    /// Shorter if the receiver is another than that of `stamp`.
    [[nodiscard]] boost::asio::awaitable<void> pause(Duration duration, Uuid stamp);
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
    std::map<EventKind, TimePoint> told_at_;  ///< of those that are told in groups
    bool leaves_out_ = false;                 ///< the last one; to be logged once
    AlertReceiverStatus status_;
};

}  // namespace dtrace::master
