#include "assignment/assignment_keeper.hpp"

#include <boost/asio/this_coro.hpp>

#include <utility>

namespace dtrace::probe {

AssignmentKeeper::AssignmentKeeper(boost::asio::any_io_executor executor, AssignmentFile file,
                                   async::WorkerPool& workers, Logger& log, Duration retry_interval)
    : file_(std::move(file)),
      workers_(workers),
      log_(log),
      retry_interval_(retry_interval),
      changed_(std::move(executor)) {}

std::optional<Assignment> AssignmentKeeper::take_up() {
    auto kept = file_.read();
    if (!kept) {
        log_.warn("kept assignment ignored",
                  {{"file", file_.path().string()}, {"reason", kept.error().message}});
        return std::nullopt;
    }
    if (!*kept) return std::nullopt;
    log_.info("kept assignment taken up",
              {{"revision", (*kept)->revision}, {"measurements", (*kept)->measurements.size()}});
    kept_ = **kept;
    return kept_;
}

void AssignmentKeeper::keep(Assignment const& assignment) {
    // One-off work comes and goes, and is not kept: nothing to write for it.
    if (kept_ && kept_->measurements == assignment.measurements &&
        kept_->report_url == assignment.report_url)
        return;
    kept_ = assignment;
    kept_->once.clear();
    waiting_ = kept_;
    changed_.notify_all();
}

boost::asio::awaitable<void> AssignmentKeeper::run() {
    // What is taken out of waiting_ must not get lost in an exception.
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    // A signal that comes while the file is written disturbs nothing, and comes but once.
    auto const state = co_await boost::asio::this_coro::cancellation_state;
    auto const cancelled = [&state] {
        return state.cancelled() != boost::asio::cancellation_type::none;
    };
    while (!cancelled()) {
        auto const seen = changed_.version();
        if (!waiting_) {
            co_await changed_.wait(seen);
            continue;
        }
        auto const next = *std::exchange(waiting_, std::nullopt);
        auto const written =
            co_await async::offload(workers_, [this, &next] { return file_.write(next); });
        if (written) continue;
        if (!waiting_) waiting_ = next;
        if (cancelled()) co_return;
        note(written);
        co_await changed_.wait(seen, Clock::now() + retry_interval_);
    }
}

void AssignmentKeeper::finish() {
    if (waiting_) note(file_.write(*std::exchange(waiting_, std::nullopt)));
}

void AssignmentKeeper::note(Result<void> const& written) const {
    if (!written)
        log_.warn("assignment not kept on disk",
                  {{"file", file_.path().string()}, {"reason", written.error().message}});
}

}  // namespace dtrace::probe
