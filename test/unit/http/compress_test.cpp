#include <dtrace/http/compress.hpp>
#include <dtrace/http/gzip.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace::http;

namespace {

struct CompressFixture {
    std::string const large = std::string(worth_compressing, 'a');
    Request request;

    CompressFixture() { request.headers.set("Accept-Encoding", "gzip, deflate, br"); }

    bool is_compressed(Response response) const { return negotiate_gzip(request, response); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(compress_answers, CompressFixture)

BOOST_AUTO_TEST_CASE(a_large_answer_is_compressed_and_the_same_afterwards) {
    auto response = json_response(large);
    BOOST_REQUIRE(negotiate_gzip(request, response));
    compress(response);
    BOOST_TEST(response.body.size() < large.size() / 10);
    BOOST_TEST(gunzip(response.body, large.size()).value() == large);
    BOOST_TEST(response.headers.find("Content-Encoding").value() == "gzip");
    BOOST_TEST(response.headers.find("Vary").value() == "Accept-Encoding");
}

BOOST_AUTO_TEST_CASE(who_does_not_take_it_gets_it_as_it_is_and_caches_know) {
    for (auto const* encodings : {"", "br", "gzip;q=0", "xgzip"}) {
        request.headers.set("Accept-Encoding", encodings);
        auto response = json_response(large);
        BOOST_TEST(!negotiate_gzip(request, response));
        BOOST_TEST(response.headers.find("Vary").value() == "Accept-Encoding");
    }
    auto response = json_response(large);
    BOOST_TEST(!negotiate_gzip(Request(), response));
}

BOOST_AUTO_TEST_CASE(what_else_an_answer_varies_by_stays) {
    auto metrics = json_response(large);
    metrics.headers.set("Content-Type", "application/openmetrics-text; version=1.0.0");
    metrics.headers.set("Vary", "Accept");
    BOOST_TEST(negotiate_gzip(request, metrics));
    BOOST_TEST(metrics.headers.find("Vary").value() == "Accept, Accept-Encoding");
}

BOOST_AUTO_TEST_CASE(a_small_one_is_left_alone) {
    auto response = json_response(large.substr(1));
    BOOST_TEST(!negotiate_gzip(request, response));
    BOOST_TEST(!response.headers.find("Vary"));
}

BOOST_AUTO_TEST_CASE(a_stream_is_never_compressed) {
    auto response = json_response(large);
    response.headers.set("Content-Type", "text/event-stream");
    response.more = []() -> boost::asio::awaitable<std::string> { co_return ""; };
    BOOST_TEST(!is_compressed(response));
}

BOOST_AUTO_TEST_CASE(nor_what_is_compressed_or_has_an_etag_or_is_no_text) {
    auto twice = json_response(large);
    twice.headers.set("Content-Encoding", "gzip");
    BOOST_TEST(!is_compressed(twice));
    auto tagged = json_response(large);
    tagged.headers.set("ETag", "\"1\"");
    BOOST_TEST(!is_compressed(tagged));
    auto picture = json_response(large);
    picture.headers.set("Content-Type", "image/png");
    BOOST_TEST(!is_compressed(picture));
}

BOOST_AUTO_TEST_CASE(text_of_all_kinds_is) {
    for (auto const* type : {"application/json", "application/problem+json", "text/plain",
                             "application/json; charset=utf-8", "text/plain; version=0.0.4"}) {
        auto response = json_response(large);
        response.headers.set("Content-Type", type);
        BOOST_TEST(is_compressed(response), type);
    }
}

BOOST_AUTO_TEST_SUITE_END()
