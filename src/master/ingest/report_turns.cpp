#include "ingest/report_turns.hpp"

#include <dtrace/async/use_result.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

namespace dtrace::master {

/// Lives in the frame of take().
struct ReportTurns::Waiter {
    Waiter(ReportTurns& all, std::size_t size, boost::asio::any_io_executor const& executor)
        : turns(all),
          bytes(size),
          position(turns.waiting_.insert(turns.waiting_.end(), this)),
          answer(executor, boost::asio::steady_timer::time_point::max()) {
        turns.waiting_bytes_ += bytes;
    }
    Waiter(Waiter const&) = delete;
    Waiter& operator=(Waiter const&) = delete;
    ~Waiter() { leave(); }

    void leave() {
        if (!is_waiting) return;
        is_waiting = false;
        turns.waiting_.erase(position);
        turns.waiting_bytes_ -= bytes;
        answer.cancel();
    }

    ReportTurns& turns;
    std::size_t bytes;
    std::list<Waiter*>::iterator position;
    boost::asio::steady_timer answer;  ///< cancelled when there is one
    bool is_waiting = true;
    Turn turn;
};

boost::asio::awaitable<ReportTurns::Turn> ReportTurns::take(std::size_t bytes) {
    if (at_work_ < limits_.at_once) {
        ++at_work_;
        co_return Turn(this);
    }
    while (!waiting_.empty() && waiting_bytes_ + bytes > limits_.max_waiting_bytes)
        waiting_.front()->leave();
    Waiter waiter(*this, bytes, co_await boost::asio::this_coro::executor);
    co_await waiter.answer.async_wait(async::as_result);
    co_return std::move(waiter.turn);
}

void ReportTurns::give_back() {
    if (waiting_.empty()) {
        --at_work_;
        return;
    }
    auto& next = *waiting_.front();
    next.turn.reset(this);
    next.leave();
}

}  // namespace dtrace::master
