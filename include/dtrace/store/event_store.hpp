#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/event.hpp>
#include <dtrace/store/unreadable.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::store {

/// Which events: all members that are set must hold. `from` ≤ at < `to`.
struct EventQuery {
    std::optional<EventKind> kind;
    std::optional<Uuid> measurement;
    std::optional<std::string> probe;
    std::optional<Timestamp> from;
    std::optional<Timestamp> to;
    std::uint32_t limit = 100;  ///< 1–1000
    std::string cursor;         ///< EventPage::next of the page before; empty: the first page
};

/// Newest first.
struct EventPage {
    std::vector<Event> events;
    std::string next;       ///< empty: this is the last page
    Unreadable unreadable;  ///< left out
};

/// A culprit with all that is known of it.
struct KeptCulprit {
    Uuid id;
    Timestamp first_seen;
    Timestamp last_seen;
    bool open = true;
    std::string content;  ///< JSON

    friend bool operator==(KeptCulprit const&, KeptCulprit const&) = default;
};

/// An event in the order in which events were kept, which is not that of their times.
struct NumberedEvent {
    std::uint64_t number = 0;  ///< rises by one; those forgotten leave a gap
    std::string content;       ///< JSON, as it was kept

    friend bool operator==(NumberedEvent const&, NumberedEvent const&) = default;
};

struct EventRun {
    std::vector<NumberedEvent> events;
    std::uint64_t newest = 0;  ///< number of the last event that was ever kept; 0: none was
};

/// How far a receiver of alerts has been told of events.
struct AlertPosition {
    std::string receiver;
    std::optional<std::uint64_t> number;  ///< none: forget the receiver
};

/// What became of the network, and which links lose packets. Errors are those of TraceStore.
class EventStore {
  public:
    virtual ~EventStore() = default;

    /// All of it or nothing, durably. An event that is there is left as it is; a culprit is
    /// replaced.
    virtual boost::asio::awaitable<Result<void>> keep(std::vector<Event> events,
                                                      std::vector<KeptCulprit> culprits) = 0;

    /// `cursor` not from us: errc::invalid_argument.
    virtual boost::asio::awaitable<Result<EventPage>> find(EventQuery query) = 0;

    virtual boost::asio::awaitable<Result<std::optional<Event>>> event(Uuid id) = 0;

    /// Seen between `from` and `to`, where given; the last seen first, at most `limit`.
    virtual boost::asio::awaitable<Result<std::vector<KeptCulprit>>> culprits(
        std::optional<Timestamp> from, std::optional<Timestamp> to, std::uint32_t limit) = 0;
    virtual boost::asio::awaitable<Result<std::optional<KeptCulprit>>> culprit(Uuid id) = 0;
    virtual boost::asio::awaitable<Result<std::vector<KeptCulprit>>> open_culprits() = 0;

    /// The next `limit` events behind `number`.
    virtual boost::asio::awaitable<Result<EventRun>> after(std::uint64_t number,
                                                           std::uint32_t limit) = 0;

    virtual boost::asio::awaitable<Result<std::map<std::string, std::uint64_t>>>
    alert_positions() = 0;
    /// All of it or nothing, durably.
    virtual boost::asio::awaitable<Result<void>> move_alerts(
        std::vector<AlertPosition> positions) = 0;

    /// Forgets what was before `time`, but for open culprits, and all but the newest `most` events
    /// and culprits.
    virtual boost::asio::awaitable<Result<void>> forget(Timestamp time, std::uint64_t most) = 0;
};

}  // namespace dtrace::store
