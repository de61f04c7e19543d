#include "once/expire_orders.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace dtrace::master {

namespace {

/// Deadlines are wall-clock times, and that clock may be set: look again at least so often.
constexpr Duration longest_wait = seconds(60);

TimePoint next_look(AssignmentBoard const& board) {
    auto const deadline = board.next_once_deadline();
    if (!deadline) return TimePoint::max();
    auto const left = std::max(microseconds(0), *deadline - wall_clock_now());
    return Clock::now() + std::min<Duration>(longest_wait, left);
}

}  // namespace

boost::asio::awaitable<void> expire_orders(AssignmentBoard& board, async::Wakeup& changed,
                                           async::Wakeup& ended) {
    for (;;) {
        if (board.expire_once(wall_clock_now())) {
            changed.notify_all();
            ended.notify_all();
        }
        auto const seen = changed.version();
        co_await changed.wait(seen, next_look(board));
        auto const state = co_await boost::asio::this_coro::cancellation_state;
        if (state.cancelled() != boost::asio::cancellation_type::none) co_return;
    }
}

}  // namespace dtrace::master
