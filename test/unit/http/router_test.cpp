#include "io_fixture.hpp"

#include <dtrace/http/router.hpp>

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace dtrace;
using namespace dtrace::http;

namespace {

/// Answers with its label and the parameters it got.
Handler says(std::string label) {
    return [label](Request const& request) -> boost::asio::awaitable<Response> {
        std::string text = label;
        for (auto const& [name, value] : request.path_parameters)
            text += ' ' + name + '=' + value;
        co_return Response{.status = 200, .headers = {}, .body = text};
    };
}

struct RouterFixture : test::IoFixture {
    Router router{{
        {Verb::get, "/", "root", says("root")},
        {Verb::get, "/traces", "list", says("list")},
        {Verb::get, "/traces/{id}", "one", says("one")},
        {Verb::get, "/traces/latest", "latest", says("latest")},
        {Verb::post, "/traces", "add", says("add")},
        {Verb::get, "/probes/{name}/traces/{id}", "deep", says("deep")},
        {Verb::head, "/special", "head", says("special head")},
        {Verb::get, "/special", "get", says("special get")},
    }};

    Response ask(Verb verb, std::string path) {
        Request request;
        request.verb = verb;
        request.path = std::move(path);
        return value_of(router.handle(std::move(request)));
    }
    std::string text(Verb verb, std::string path) { return ask(verb, std::move(path)).body; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(router)

BOOST_FIXTURE_TEST_CASE(literal_paths, RouterFixture) {
    BOOST_TEST(text(Verb::get, "/") == "root");
    BOOST_TEST(text(Verb::get, "/traces") == "list");
    BOOST_TEST(text(Verb::post, "/traces") == "add");
}

BOOST_FIXTURE_TEST_CASE(names_take_what_stands_there, RouterFixture) {
    BOOST_TEST(text(Verb::get, "/traces/17") == "one id=17");
    BOOST_TEST(text(Verb::get, "/probes/n 1/traces/a%2") == "deep id=a%2 name=n 1");
    BOOST_TEST(text(Verb::get, "/probes/a%2Fb/traces/%252F") == "deep id=%2F name=a/b");
}

BOOST_FIXTURE_TEST_CASE(a_literal_wins_over_a_name, RouterFixture) {
    BOOST_TEST(text(Verb::get, "/traces/latest") == "latest");
}

BOOST_FIXTURE_TEST_CASE(no_such_path_is_404, RouterFixture) {
    for (auto const* path : {"/nothing", "/traces/", "/traces/1/2", "//", "/traces//", ""}) {
        auto const response = ask(Verb::get, path);
        BOOST_TEST(response.status == 404u, path);
        BOOST_TEST(response.headers.find("content-type").value() == "application/problem+json");
    }
}

BOOST_FIXTURE_TEST_CASE(another_verb_is_405_with_allow, RouterFixture) {
    auto const response = ask(Verb::delete_, "/traces");
    BOOST_TEST(response.status == 405u);
    BOOST_TEST(response.headers.find("Allow").value() == "GET, HEAD, POST");
}

BOOST_FIXTURE_TEST_CASE(head_goes_to_get_unless_it_has_its_own, RouterFixture) {
    BOOST_TEST(text(Verb::head, "/traces") == "list");
    BOOST_TEST(text(Verb::head, "/special") == "special head");
    BOOST_TEST(text(Verb::get, "/special") == "special get");
}

BOOST_AUTO_TEST_CASE(a_wrong_table_is_refused_at_once) {
    auto const table = [](std::vector<Route> routes) { return Router(std::move(routes)); };
    auto const h = says("x");
    BOOST_CHECK_THROW(table({{Verb::get, "/a/{x}", "", h}, {Verb::get, "/a/{y}", "", h}}),
                      std::invalid_argument);
    BOOST_CHECK_THROW(table({{Verb::get, "a", "", h}}), std::invalid_argument);
    BOOST_CHECK_THROW(table({{Verb::get, "/a", "", Handler()}}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
