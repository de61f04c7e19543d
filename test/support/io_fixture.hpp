#pragma once

#include <dtrace/core/time.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <optional>
#include <utility>

namespace dtrace::test {

/// Runs one coroutine to its end on an io_context of its own, within `time_limit` of wall time, and
/// fails the test when anything is still waiting afterwards: a test that leaves a timer, a socket
/// or a coroutine behind has found a leak.
///   BOOST_FIXTURE_TEST_CASE(name, IoFixture) { run([&]() -> asio::awaitable<void> { … }); }
struct IoFixture {
    boost::asio::io_context io{1};
    milliseconds time_limit{120'000};  ///< only a failing test waits that long
    /// For work that another thread still has to finish and that cannot be cancelled.
    milliseconds settle{0};

    void run(std::function<boost::asio::awaitable<void>()> const& coroutine);

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
