#include <dtrace/app/options.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <variant>
#include <vector>

using namespace dtrace;
using namespace dtrace::app;

BOOST_AUTO_TEST_SUITE(find_loss_options)

namespace {

using Words = std::vector<std::string>;

TraceOptions read(Words words) {
    words.insert(words.begin(), {"trace", "h"});
    auto const command = read_options(words, {});
    BOOST_REQUIRE_MESSAGE(command, command.error().message);
    return std::get<TraceOptions>(*command);
}

std::string refusal(Words words) {
    words.insert(words.begin(), "trace");
    auto const command = read_options(words, {});
    BOOST_REQUIRE(!command);
    auto const& message = command.error().message;
    return message.substr(0, message.find('\n'));
}

}  // namespace

BOOST_AUTO_TEST_CASE(loss_is_looked_for_when_that_is_asked) {
    BOOST_TEST(!read({}).loss.wanted);
    auto const usual = read({"--find-loss"});
    BOOST_TEST(usual.loss.wanted);
    BOOST_TEST(usual.loss.duration_ms == 60'000);
    BOOST_TEST(usual.loss.clean_below == 0.01);
    BOOST_TEST(!usual.flows_given);
}

BOOST_AUTO_TEST_CASE(its_options_are_read) {
    auto const given = read({"--find-loss", "--duration", "5m", "--clean-below", "0.5", "--format",
                             "fbtracert", "--all", "--flows", "1"});
    BOOST_TEST(given.loss.duration_ms == 300'000);
    BOOST_TEST(given.loss.clean_below == 0.005);
    BOOST_TEST((given.format == OutputFormat::fbtracert));
    BOOST_TEST(given.loss.all);
    BOOST_TEST(given.flows_given);
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused) {
    BOOST_TEST(refusal({"h", "--all"}) == "dtrace-node trace: --all: needs --find-loss");
    BOOST_TEST(refusal({"h", "--duration", "5s"}) ==
               "dtrace-node trace: --duration: needs --find-loss");
    BOOST_TEST(refusal({"h", "--find-loss", "--asn-db", "f"}) ==
               "dtrace-node trace: --asn-db: is not for --find-loss");
    BOOST_TEST(refusal({"h", "i", "--find-loss"}) ==
               "dtrace-node trace: --find-loss: looks at one host at a time");
    BOOST_TEST(
        refusal({"h", "--find-loss", "--format", "fbtracert", "-j"}) ==
        "dtrace-node trace: --format 'fbtracert': is not for --json, which has a form of its "
        "own");
    for (auto const* wrong : {"0", "51", "1%", "nan", ""})
        BOOST_TEST(refusal({"h", "--find-loss", "--clean-below", wrong}).find("0.01 to 50") !=
                   std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
