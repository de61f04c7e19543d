#include "api_fixture.hpp"

#include <dtrace/http/compress.hpp>
#include <dtrace/http/gzip.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::test;

namespace {

struct RoutesFixture : ApiFixture {
    RoutesFixture() { set_up(); }

    http::Response get_gzipped(std::string path) {
        auto asked = request(std::move(path));
        asked.headers.set("Accept-Encoding", "gzip");
        return answer(std::move(asked));
    }

    /// Whether it says the same as without compression.
    bool is_gzip_of_the_same(std::string const& path) {
        auto const small = get_gzipped(path);
        auto const large = get(path);
        BOOST_TEST(small.headers.find("Content-Encoding").value_or("none") == "gzip");
        BOOST_TEST(!large.headers.find("Content-Encoding"));
        BOOST_TEST(small.body.size() < large.body.size() / 2);
        auto const text = http::gunzip(small.body, large.body.size());
        return text && *text == large.body;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(routes, RoutesFixture)

BOOST_AUTO_TEST_CASE(a_large_answer_is_compressed_on_another_thread) {
    auto const before = workers.counters().done;
    BOOST_TEST(is_gzip_of_the_same("/api/v1/openapi.json"));
    BOOST_TEST(workers.counters().done > before);
}

BOOST_AUTO_TEST_CASE(one_that_needs_a_login_is_compressed_too) {
    std::vector<Measurement> many;
    for (int i = 0; i < 20; ++i) {
        auto const name = "measurement " + std::to_string(i);
        many.push_back(measurement(make_uuid_from_name(name), name));
    }
    definitions.set_file_measurements(many, std::nullopt);
    BOOST_TEST(is_gzip_of_the_same("/api/v1/measurements"));
}

BOOST_AUTO_TEST_CASE(small_answers_go_as_they_are) {
    BOOST_TEST(!get_gzipped("/healthz").headers.find("Content-Encoding"));
}

BOOST_AUTO_TEST_CASE(what_a_probe_asks_is_not_compressed) {
    auto asked = as("n1", "one", request("/api/v1/probe/assignment"));
    asked.headers.set("Accept-Encoding", "gzip");
    auto const given = answer_as_it_is(std::move(asked));
    BOOST_TEST(given.status == 200U);
    BOOST_TEST(!given.headers.find("Content-Encoding"));
}

BOOST_AUTO_TEST_SUITE_END()
