#include <dtrace/app/options.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <variant>
#include <vector>

using namespace dtrace;
using namespace dtrace::app;

BOOST_AUTO_TEST_SUITE(watch_options)

namespace {

using Words = std::vector<std::string>;

WatchSettings read(Words words) {
    words.insert(words.begin(), "master");
    auto const command = read_options(words, {});
    BOOST_REQUIRE_MESSAGE(command, command.error().message);
    return std::get<MasterOptions>(*command).watch;
}

std::string refusal(Words words) {
    words.insert(words.begin(), "master");
    auto const command = read_options(words, {});
    BOOST_REQUIRE(!command);
    auto const& message = command.error().message;
    return message.substr(0, message.find('\n'));
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_usual) {
    auto const usual = read({});
    BOOST_TEST(usual.window_ms == 600'000);
    BOOST_TEST(usual.every_ms == 15'000);
    BOOST_TEST(usual.clean_below == 0.01);
    BOOST_TEST(usual.bursts);
}

BOOST_AUTO_TEST_CASE(they_are_read) {
    auto const given = read({"--watch-window", "5m", "--watch-every", "5s", "--watch-clean-below",
                             "0.5", "--watch-confirm", "3", "--watch-close-after", "1m",
                             "--no-bursts", "--burst-flows", "16", "--bursts-per-probe", "2"});
    BOOST_TEST(given.window_ms == 300'000);
    BOOST_TEST(given.every_ms == 5'000);
    BOOST_TEST(given.clean_below == 0.005);
    BOOST_TEST(given.confirm == 3);
    BOOST_TEST(given.close_after_ms == 60'000);
    BOOST_TEST(!given.bursts);
    BOOST_TEST(given.burst_flows == 16);
    BOOST_TEST(given.bursts_per_probe == 2);
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused) {
    BOOST_TEST(refusal({"--burst-flows", "1"}) ==
               "dtrace-node master: --burst-flows '1': must be 2 to 256");
    BOOST_TEST(refusal({"--watch-every", "5m", "--watch-window", "1m"}) ==
               "dtrace-node master: --watch-every: must not be longer than --watch-window");
    BOOST_TEST(refusal({"--watch-every", "5m"}) ==
               "dtrace-node master: --watch-every: must not be longer than --watch-close-after");
}

BOOST_AUTO_TEST_SUITE_END()
