#include "ingest/split_report.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using dtrace::master::split_report;

namespace {

std::string joined(std::string_view body, std::size_t most = 100) {
    auto const texts = split_report(body, most);
    if (!texts) return "fault " + texts.error().text();
    std::string all;
    for (auto const text : *texts)
        all.append(text).append("|");
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(split_reports)

BOOST_AUTO_TEST_CASE(an_array_is_split_at_its_own_commas) {
    BOOST_TEST(joined("[]") == "");
    BOOST_TEST(joined(" [ ] \n") == "");
    BOOST_TEST(joined(R"([{"a":1}])") == R"({"a":1}|)");
    BOOST_TEST(joined(R"([ {"a":[1,2]} , {"b":{"c":3}} ])") == R"({"a":[1,2]}|{"b":{"c":3}}|)");
    BOOST_TEST(joined(R"(["],[", "\"],", "\\"])") == R"("],["|"\"],"|"\\"|)");
    BOOST_TEST(joined("[1 2,nonsense]") == "1 2|nonsense|");
}

BOOST_AUTO_TEST_CASE(a_broken_array_is_no_report) {
    for (std::string const bad : {"[", "[1", "[1,", "[,]", "[1,]", "[1]]", "[1] x", "[}", "[\"",
                                  "[\"\\", "[{\"a\":1}", "[[1]", "[1}"})
        BOOST_TEST(joined(bad).starts_with("fault "), bad);
    BOOST_TEST(joined("[{},{}").starts_with("fault [1]: "));
}

BOOST_AUTO_TEST_CASE(lines_are_traces_of_their_own) {
    BOOST_TEST(joined("{\"a\":1}\n{\"b\":2}\n") == "{\"a\":1}|{\"b\":2}|");
    BOOST_TEST(joined("{\"a\":1}\r\n\r\n  \nbroken {\n{\"b\":2}") ==
               "{\"a\":1}|broken {|{\"b\":2}|");
    BOOST_TEST(joined("{\"a\":1}") == "{\"a\":1}|");
}

BOOST_AUTO_TEST_CASE(nothing_is_no_report) {
    BOOST_TEST(joined("").starts_with("fault "));
    BOOST_TEST(joined(" \r\n\t").starts_with("fault "));
}

BOOST_AUTO_TEST_CASE(the_number_of_traces_is_limited) {
    BOOST_TEST(joined("[1,2,3]", 3) == "1|2|3|");
    BOOST_TEST(joined("[1,2,3,4]", 3) == "fault a report must have at most 3 traces");
    BOOST_TEST(joined("1\n2\n3\n4", 3) == "fault a report must have at most 3 traces");
}

BOOST_AUTO_TEST_SUITE_END()
