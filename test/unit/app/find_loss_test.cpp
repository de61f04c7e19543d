#include "commands/find_loss.hpp"

#include "io_fixture.hpp"
#include "log_capture.hpp"
#include "lossy_trace.hpp"

#include <dtrace/wire/resolver.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::app;
namespace asio = boost::asio;

BOOST_AUTO_TEST_SUITE(find_loss_command)

namespace {

/// Each round is over at once, so that nothing but the verdicts can hold the command up; and tells
/// when something else got its turn after it.
class InstantRounds : public probe::RoundRunner {
  public:
    asio::awaitable<Trace> trace(probe::TraceRequest) override {
        if (begun == others) ++in_between;
        ++begun;
        asio::post(co_await asio::this_coro::executor, [this] { ++others; });
        co_return test::lossy_round(network, 3);
    }

    test::LossyNetwork network = test::diamond(1);
    int begun = 0;
    int others = 0;      ///< posted by a round, and run
    int in_between = 0;  ///< rounds before which all of those had run
};

class NoNames : public wire::Resolver {
  public:
    asio::awaitable<Result<std::vector<IpAddress>>> addresses(std::string,
                                                              std::optional<Family>) override {
        co_return make_error(boost::system::errc::not_supported, "nobody asks");
    }
    asio::awaitable<std::string> name(IpAddress) override { co_return ""; }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(others_get_their_turn_while_a_verdict_is_made, test::IoFixture) {
    InstantRounds rounds;
    NoNames resolver;
    test::LogCapture log;
    TraceOptions options;
    options.names = false;
    options.loss.duration_ms = 150;  // less than the pause between rounds: there is none
    int status = -1;
    int others_at_end = 0;
    run([&]() -> asio::awaitable<void> {
        probe::TraceRequest request;
        status = co_await find_loss(std::move(request), options, rounds, resolver, log);
        others_at_end = rounds.others;
    });
    BOOST_TEST(status != could_not_measure);
    BOOST_TEST(rounds.begun >= 1);
    BOOST_TEST(rounds.in_between == rounds.begun);
    BOOST_TEST(others_at_end == rounds.begun);
}

BOOST_AUTO_TEST_SUITE_END()
