#pragma once

#include <dtrace/async/deadline.hpp>
#include <dtrace/probe/debug_rounds.hpp>
#include <dtrace/probe/round_runner.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

namespace dtrace::test {

/// A trace at once, or, for hosts called "slow…", when it is cancelled or `slow_ones` end. Those
/// called "slow-deaf…" do not hear the first cancellation.
class FakeRounds : public probe::RoundRunner {
  public:
    std::size_t slow_under_way = 0;
    TimePoint slow_ones = TimePoint::max();

    boost::asio::awaitable<Trace> trace(probe::TraceRequest request) override {
        auto made = probe::make_debug_trace(request, 1, ++rounds_, wall_clock_now(),
                                            make_uuid_v7(wall_clock_now()));
        for (auto& path : made.paths)
            for (auto& hop : path.hops)
                for (auto& answer : hop.answers)
                    answer.name.reset();
        if (request.host.starts_with("slow")) {
            ++slow_under_way;
            if (request.host.starts_with("slow-deaf"))
                co_await boost::asio::this_coro::reset_cancellation_state(
                    boost::asio::enable_terminal_cancellation());
            if (request.view)
                request.view->so_far = [&made, sent = 0U]() mutable {
                    made.packets.sent = ++sent;  // at each look there is something new
                    return std::optional(made);
                };
            co_await async::sleep_until(slow_ones);
            if (request.view) request.view->so_far = nullptr;
            --slow_under_way;
            made.stop_reason = StopReason::cancelled;
        }
        co_return made;
    }

  private:
    std::uint64_t rounds_ = 0;
};

}  // namespace dtrace::test
