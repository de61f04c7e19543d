#pragma once

#include <dtrace/core/time.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace dtrace::test {

/// Runs one coroutine to its end on an io_context of its own, within `time_limit` of wall time, and
/// fails the test when anything is still waiting afterwards: a test that leaves a timer, a socket
/// or a coroutine behind has found a leak.
///   BOOST_FIXTURE_TEST_CASE(name, IoFixture) { run([&]() -> asio::awaitable<void> { … }); }
struct IoFixture {
    boost::asio::io_context io{1};
    milliseconds time_limit{10'000};
    /// For work that another thread still has to finish and that cannot be cancelled.
    milliseconds settle{0};

    template <class F>
    void run(F coroutine) {
        static_assert(std::is_same_v<std::invoke_result_t<F&>, boost::asio::awaitable<void>>);
        bool ended = false;
        std::exception_ptr failure;
        boost::asio::co_spawn(io, coroutine(), [&](std::exception_ptr thrown) {
            ended = true;
            failure = thrown;
        });
        io.restart();
        auto const limit = Clock::now() + time_limit;
        while (!ended && io.run_one_until(limit) != 0) {
        }
        if (!ended) {
            BOOST_FAIL("the coroutine did not end within " << time_limit.count() << " ms");
        }
        io.poll();
        if (!io.stopped() && settle > milliseconds::zero()) io.run_for(settle);
        if (failure) std::rethrow_exception(failure);
        BOOST_TEST(io.stopped(), "work is left over after the coroutine has ended");
    }

    /// The same for a coroutine with a value.
    template <class T>
    T value_of(boost::asio::awaitable<T> operation) {
        std::optional<T> value;
        run([&]() -> boost::asio::awaitable<void> {
            value.emplace(co_await std::move(operation));
        });
        return *std::move(value);
    }
};

}  // namespace dtrace::test
