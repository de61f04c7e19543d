#include "api_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <regex>
#include <set>
#include <string>

using namespace dtrace;
using namespace dtrace::test;

namespace {

std::string method_of(http::Verb verb) {
    switch (verb) {
        case http::Verb::get:
            return "GET";
        case http::Verb::head:
            return "HEAD";
        case http::Verb::post:
            return "POST";
        case http::Verb::put:
            return "PUT";
        case http::Verb::patch:
            return "PATCH";
        case http::Verb::delete_:
            return "DELETE";
        case http::Verb::options:
            return "OPTIONS";
    }
    return {};
}

/// "GET /api/v1/status" of every heading "### `GET /api/v1/status`".
std::set<std::string> headings(std::string const& text) {
    std::set<std::string> found;
    std::regex const heading("(?:^|\n)### `([A-Z]+ /[^`]*)`");
    for (std::sregex_iterator each(text.begin(), text.end(), heading), end; each != end; ++each)
        found.insert((*each)[1]);
    return found;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(api_doc, ApiFixture)

BOOST_AUTO_TEST_CASE(every_route_has_its_section_and_every_section_its_route) {
    auto const text = test::read_file(std::filesystem::path(DTRACE_SOURCE_DIR) / "docs/api.md");
    std::set<std::string> told;
    for (auto const& route : router.routes()) {
        told.insert(method_of(route.verb) + " " + route.pattern);
        BOOST_TEST(!route.summary.empty(), route.pattern);
        BOOST_TEST(contains(text, route.summary), route.summary);
    }
    auto const documented = headings(text);
    BOOST_TEST(told == documented, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_section_has_a_curl_line) {
    auto const text = test::read_file(std::filesystem::path(DTRACE_SOURCE_DIR) / "docs/api.md");
    auto begin = text.find("### `");
    BOOST_REQUIRE(begin != std::string::npos);
    while (begin != std::string::npos) {
        auto const end = text.find("\n### `", begin + 1);
        auto const section = text.substr(begin, end == std::string::npos ? end : end - begin);
        BOOST_TEST(contains(section, "curl "), section.substr(0, section.find('\n')));
        begin = end == std::string::npos ? end : end + 1;
    }
}

BOOST_AUTO_TEST_SUITE_END()
