#include "resources/handlers_dashboard.hpp"

#include "api/dashboard_assets.hpp"
#include "api_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::test;

namespace {

struct HandlersDashboardFixture : ApiFixture {
    http::Response ask(std::string path, http::Headers headers = {}) {
        auto asked = request(std::move(path));
        asked.headers = std::move(headers);
        return value_of(router.handle(asked));
    }
};

http::Headers const browser{{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(handlers_dashboard, HandlersDashboardFixture)

BOOST_AUTO_TEST_CASE(scripts_get_text_and_learn_whether_there_is_a_dashboard) {
    auto const response = ask("/");
    BOOST_TEST(response.status == 200U);
    BOOST_TEST(response.headers.find("Content-Type").value() == "text/plain; charset=utf-8");
    BOOST_TEST(contains(response.body, "/api/v1/status"));
    BOOST_TEST(contains(response.body, "DTRACE_DASHBOARD=ON") ==
               master::dashboard_assets().empty());
}

BOOST_AUTO_TEST_CASE(browsers_get_the_page_if_it_was_built) {
    auto const response = ask("/", browser);
    BOOST_TEST(response.status == 200U);
    auto const* type = master::dashboard_assets().empty() ? "text/plain; charset=utf-8"
                                                          : "text/html; charset=utf-8";
    BOOST_TEST(response.headers.find("Content-Type").value() == type);
    BOOST_TEST(response.headers.find("Vary").value() == "Accept, Accept-Encoding");
}

BOOST_AUTO_TEST_CASE(the_policy_lets_in_nothing_from_elsewhere_and_nothing_inline) {
    auto const response = ask("/", browser);
    auto const policy = response.headers.find("Content-Security-Policy").value();
    BOOST_TEST(policy.starts_with("default-src 'none';"));
    BOOST_TEST(!contains(policy, "unsafe"));
    BOOST_TEST(!contains(policy, "http"));
    BOOST_TEST(contains(policy, "frame-ancestors 'none'"));
}

BOOST_AUTO_TEST_CASE(every_file_that_the_page_names_is_there) {
    for (auto const& asset : master::dashboard_assets()) {
        if (asset.name.empty()) continue;
        auto const response = ask("/assets/" + std::string(asset.name));
        BOOST_TEST(response.status == 200U, asset.name);
        BOOST_TEST(!response.body.empty(), asset.name);
        auto const known =
            ask("/assets/" + std::string(asset.name), {{"If-None-Match", std::string(asset.etag)}});
        BOOST_TEST(known.status == 304U, asset.name);
        auto const caching = response.headers.find("Cache-Control").value();
        BOOST_TEST(contains(caching, "immutable") == (asset.name != "icon.svg"), asset.name);
    }
}

BOOST_AUTO_TEST_CASE(other_files_are_not_there) {
    for (auto const* path : {"/assets/", "/assets/main.js", "/assets/..%2f..%2fetc%2fpasswd"})
        BOOST_TEST(ask(path).status == 404U, path);
}

BOOST_AUTO_TEST_SUITE_END()
