#pragma once

#include "catalog/assignment_board.hpp"
#include "ingest/ingest.hpp"
#include "watch/network_watch.hpp"
#include "watch/watch_status.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/async/wakeup.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/store/open_store.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::master {

/// Feeds what was committed to the NetworkWatch, on a thread of its own, keeps what it finds, and
/// orders the bursts that it asks for.
class CulpritWatch {
  public:
    struct Parts {
        store::Store& store;
        AssignmentBoard& board;
        async::Wakeup& board_changed;
        Logger& log;
    };
    CulpritWatch(boost::asio::any_io_executor executor, WatchOptions options, Parts parts);

    /// For Ingest::on_taken.
    void take(TakenTraces const& traces);

    /// Keeps what was noticed elsewhere.
    void note(std::vector<Event> events);

    /// A culprit that grows past one of these shares is told of once more.
    void set_loss_marks(std::vector<double> marks) { loss_marks_ = std::move(marks); }

    /// Calls `listener` with what was found, after it was stored.
    using Listener = std::function<void(NetworkWatch::Findings const&)>;
    void on_kept(Listener listener) { on_kept_ = std::move(listener); }

    /// First the window's traces from the store, then what comes. Until cancelled; what it has by
    /// then is still looked at and kept.
    [[nodiscard]] boost::asio::awaitable<void> run();

    /// The last verdict; none yet.
    [[nodiscard]] std::optional<VerdictView> const& verdict() const { return verdict_; }
    [[nodiscard]] WatchStatus const& counters() const { return counters_; }
    /// Traces that were not looked at yet.
    [[nodiscard]] std::size_t waiting() const { return waiting_traces_; }

  private:
    [[nodiscard]] boost::asio::awaitable<void> watch_on();
    [[nodiscard]] boost::asio::awaitable<void> restore();
    [[nodiscard]] boost::asio::awaitable<std::vector<Trace>> traces_of_window(Timestamp now);
    /// Looks at what waits, and makes a verdict if one is due.
    [[nodiscard]] boost::asio::awaitable<bool> work();
    [[nodiscard]] boost::asio::awaitable<void> keep();
    [[nodiscard]] boost::asio::awaitable<void> forget_old();
    void order(NetworkWatch::Bursts bursts);
    bool order(Uuid const& measurement, std::set<std::string, std::less<>> const& probes);

    WatchOptions options_;
    Parts parts_;
    async::Wakeup wakeup_;
    NetworkWatch watch_;
    std::deque<TakenTraces> waiting_;
    std::size_t waiting_traces_ = 0;
    std::vector<Event> noted_;
    NetworkWatch::Bursts not_ordered_;  ///< which the watch has not been told yet
    std::vector<double> loss_marks_;
    NetworkWatch::Findings unkept_;
    Listener on_kept_;
    std::optional<VerdictView> verdict_;
    TimePoint next_verdict_{};
    TimePoint next_forgetting_{};
    bool store_failed_ = false;  ///< the last time; to be logged once
    WatchStatus counters_;
    async::WorkerPool pool_;  ///< last: its thread works on what stands above
};

}  // namespace dtrace::master
