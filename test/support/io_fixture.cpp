#include "io_fixture.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>

namespace dtrace::test {

void IoFixture::run(std::function<boost::asio::awaitable<void>()> const& coroutine) {
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
    if (!ended) BOOST_FAIL("the coroutine did not end within " << time_limit.count() << " ms");
    io.poll();
    if (!io.stopped() && settle > milliseconds::zero()) io.run_for(settle);
    if (failure) std::rethrow_exception(failure);
    BOOST_TEST(io.stopped(), "work is left over after the coroutine has ended");
}

}  // namespace dtrace::test
