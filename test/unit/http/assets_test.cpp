#include <dtrace/http/assets.hpp>
#include <dtrace/http/field_list.hpp>
#include <dtrace/http/gzip.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::http;

namespace {

struct AssetsFixture {
    std::string const packed = gzip("let x = 1;");
    Asset const asset{"main-AB12.js", "text/javascript; charset=utf-8", "\"0123\"", packed};

    Response answer(Headers headers, Caching caching = Caching::immutable) const {
        Request request;
        request.headers = std::move(headers);
        return asset_response(asset, caching, request);
    }
};

std::string_view header(Response const& response, std::string_view name) {
    return response.headers.find(name).value_or("none");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(assets, AssetsFixture)

BOOST_AUTO_TEST_CASE(a_client_that_takes_gzip_gets_it_as_it_is) {
    auto const response = answer({{"Accept-Encoding", "br, gzip;q=0.8"}});
    BOOST_TEST(response.status == 200U);
    BOOST_TEST(response.body == packed);
    BOOST_TEST(header(response, "Content-Encoding") == "gzip");
    BOOST_TEST(header(response, "Content-Type") == "text/javascript; charset=utf-8");
    BOOST_TEST(header(response, "Vary") == "Accept-Encoding");
    BOOST_TEST(header(response, "ETag") == "\"0123\"");
}

BOOST_AUTO_TEST_CASE(others_get_it_inflated) {
    for (Headers const& headers : {Headers{}, Headers{{"Accept-Encoding", "br"}},
                                   Headers{{"Accept-Encoding", "gzip;q=0"}}}) {
        auto const response = answer(headers);
        BOOST_TEST(response.body == "let x = 1;");
        BOOST_TEST(header(response, "Content-Encoding") == "none");
    }
}

BOOST_AUTO_TEST_CASE(what_is_known_is_not_sent_again) {
    auto const response = answer({{"If-None-Match", "\"99\", \"0123\""}});
    BOOST_TEST(response.status == 304U);
    BOOST_TEST(response.body.empty());
    BOOST_TEST(header(response, "ETag") == "\"0123\"");
    BOOST_TEST(answer({{"If-None-Match", "\"99\""}}).status == 200U);
}

BOOST_AUTO_TEST_CASE(a_tag_is_found_as_it_is_and_weak) {
    BOOST_TEST(names_tag("\"a\"", "\"a\""));
    BOOST_TEST(names_tag("W/\"a\"", "\"a\""));
    BOOST_TEST(names_tag("\"a\"", "W/\"a\""));
    BOOST_TEST(names_tag("\"b\" ,\tW/\"a\"", "\"a\""));
    BOOST_TEST(names_tag(" * ", "\"a\""));
    for (auto const* other : {"", ",", "a", "\"ab\"", "\"b\", *", "W/", "W/\"ab\"", "w/\"a\""})
        BOOST_TEST(!names_tag(other, "\"a\""), other);
}

BOOST_AUTO_TEST_CASE(only_names_that_change_with_the_content_are_kept_for_ever) {
    BOOST_TEST(header(answer({}), "Cache-Control") == "public, max-age=31536000, immutable");
    BOOST_TEST(header(answer({}, Caching::ask), "Cache-Control") == "no-cache");
}

BOOST_AUTO_TEST_CASE(lists_are_taken_apart) {
    BOOST_TEST(lists("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"));
    BOOST_TEST(lists(" gzip ; q=0.001", "gzip"));
    BOOST_TEST(!lists("gzip; q=0.000", "gzip"));
    BOOST_TEST(!lists("gzip2", "gzip"));
    BOOST_TEST(!lists("", "gzip"));
    BOOST_TEST(!lists(",,;,", "gzip"));
}

BOOST_AUTO_TEST_CASE(elements_have_weights) {
    BOOST_TEST(weight_in("b;q=0.3, a ; v=1 ; q=0.25;x=2", "a") == 250U);
    BOOST_TEST(weight_in("b;q=0.3, a;q=0.25", "b") == 300U);
    BOOST_TEST(weight_in("a;q=0.1,a;v=2;q=0.75", "a") == 750U);
    BOOST_TEST(weight_in("a;seq=0.1", "a") == 1000U);
    BOOST_TEST(weight_in("a", "c") == 0U);
    for (auto const* full : {"a", "a;", "a;q=1", "a;q=1.000", "a;q=", "a;q=x", "a;q"})
        BOOST_TEST(weight_in(full, "a") == 1000U, full);
    for (auto const* none : {"a;q=0", "a;q=0.", "a;q=0.000", "a;Q=0.0"})
        BOOST_TEST(weight_in(none, "a") == 0U, none);
}

BOOST_AUTO_TEST_SUITE_END()
