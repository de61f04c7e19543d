#include "terminal/live_screen.hpp"

#include <dtrace/app/options.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <variant>
#include <vector>

using namespace dtrace;
using namespace dtrace::app;

BOOST_AUTO_TEST_SUITE(repeat_options)

namespace {

TraceOptions read(std::vector<std::string> words) {
    words.insert(words.begin(), {"trace", "h"});
    auto const command = read_options(words, {});
    BOOST_REQUIRE_MESSAGE(command, command.error().message);
    return std::get<TraceOptions>(*command);
}

std::string refusal(std::vector<std::string> words) {
    words.insert(words.begin(), {"trace", "h"});
    auto const command = read_options(words, {});
    BOOST_REQUIRE(!command);
    auto const& message = command.error().message;
    return message.substr(0, message.find('\n'));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_report_is_of_ten_rounds_and_live_without_end) {
    BOOST_TEST(!read({}).repeat.wanted());
    BOOST_TEST(read({"--report"}).repeat.limit().value() == 10U);
    BOOST_TEST(!read({"--live"}).repeat.limit());
    auto const given = read({"--live", "--rounds", "3", "--interval", "200ms"}).repeat;
    BOOST_TEST(given.limit().value() == 3U);
    BOOST_TEST(given.interval_ms == 200U);
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused) {
    BOOST_TEST(refusal({"--report", "--live"}) == "dtrace-node trace: --live: is not for --report");
    BOOST_TEST(refusal({"--find-loss", "--report"}) ==
               "dtrace-node trace: --report: is not for --find-loss");
    BOOST_TEST(refusal({"i", "--report"}) ==
               "dtrace-node trace: --report: looks at one host at a time");
    BOOST_TEST(refusal({"--rounds", "3"}) ==
               "dtrace-node trace: --rounds: needs --report or --live");
    BOOST_TEST(refusal({"--interval", "3s"}) ==
               "dtrace-node trace: --interval: needs --report or --live");
    BOOST_TEST(refusal({"--format", "fbtracert"}) ==
               "dtrace-node trace: --format 'fbtracert': needs --find-loss");
    BOOST_TEST(refusal({"--find-loss", "--format", "csv"}) ==
               "dtrace-node trace: --format 'csv': is not for --find-loss");
    BOOST_TEST(refusal({"--report", "--rounds", "0"}).find("1 to 1000000") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_page_is_cut_to_its_size) {
    BOOST_TEST(fit_page("abc\ndefgh\n", 10, 4) == "abc\x1B[K\r\ndefg\x1B[K\r\n\x1B[J");
    BOOST_TEST(fit_page("a\nb\nc\n", 2, 4) == "a\x1B[K\r\nb\x1B[K\x1B[J");
    BOOST_TEST(fit_page("", 2, 4) == "\x1B[J");
    BOOST_TEST(fit_page("a\n\nb", 4, 4) == "a\x1B[K\r\n\x1B[K\r\nb\x1B[K\r\n\x1B[J");
}

BOOST_AUTO_TEST_SUITE_END()
