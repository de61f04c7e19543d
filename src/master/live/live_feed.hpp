#pragma once

#include <dtrace/async/wakeup.hpp>
#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/time.hpp>

#include <boost/describe/enum.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::master {

enum class LiveKind : std::uint8_t {
    trace,
    culprit,
    event,
    probe,
    progress,  ///< a trace on demand, as far as it is
};
BOOST_DESCRIBE_ENUM(LiveKind, trace, culprit, event, probe, progress)

/// Something that has just happened.
struct LiveItem {
    LiveKind kind = LiveKind::trace;
    std::string probe;        ///< that it is about; empty: none
    std::string measurement;  ///< the id; empty: none
    std::string json;         ///< what is told of it
};

/// Which of them somebody wants; empty: all.
struct LiveFilter {
    std::vector<LiveKind> kinds;
    std::string probe;
    std::string measurement;

    [[nodiscard]] bool wants(LiveItem const& item) const;
};

/// The last things that have happened, each with a number, for whoever listens. They are kept once,
/// within bounds, and each listener has only its place among them: one that is too slow, or comes
/// back too late, is told how many it missed. One thread.
class LiveFeed {
  public:
    struct Limits {
        std::size_t items = 20'000;
        std::size_t bytes = 16 << 20;
        std::size_t listeners = 500;
    };

    LiveFeed(boost::asio::any_io_executor executor, Timestamp started, Limits limits);
    LiveFeed(boost::asio::any_io_executor executor, Timestamp started)
        : LiveFeed(std::move(executor), started, Limits{}) {}

    /// Nothing is kept, and need not be made, while nobody has listened for a minute.
    [[nodiscard]] bool is_wanted() const;
    void publish(LiveItem item);
    /// So many have happened and are not kept: whoever comes back later is told that they missed
    /// them.
    void skip(std::size_t count);

    /// One that listens, from now on or after an id that it was given before.
    class Listener {
      public:
        Listener(LiveFeed& feed, LiveFilter filter, std::string_view last_id);
        Listener(Listener const&) = delete;
        Listener& operator=(Listener const&) = delete;
        ~Listener();

        /// What has happened since, as server-sent events, at most about 64 KiB; empty: nothing.
        [[nodiscard]] std::string take();

      private:
        LiveFeed& feed_;
        LiveFilter filter_;
        std::uint64_t next_;
        bool unknown_place_ = false;
    };

    [[nodiscard]] bool is_full() const { return listeners_ >= limits_.listeners; }
    [[nodiscard]] std::size_t listeners() const { return listeners_; }
    [[nodiscard]] async::Wakeup& changed() { return changed_; }

  private:
    /// "5f3a1c-17": after a restart of the master the numbers begin anew.
    [[nodiscard]] std::string id_of(std::uint64_t number) const;
    [[nodiscard]] std::optional<std::uint64_t> number_of(std::string_view id) const;
    [[nodiscard]] std::uint64_t end() const { return first_ + items_.size(); }
    void forget_beyond_limits();

    std::string run_;
    Limits limits_;
    async::Wakeup changed_;
    std::deque<LiveItem> items_;
    std::uint64_t first_ = 1;  ///< number of items_.front()
    std::size_t bytes_ = 0;
    std::size_t listeners_ = 0;
    TimePoint last_heard_ = TimePoint::min();
};

}  // namespace dtrace::master
