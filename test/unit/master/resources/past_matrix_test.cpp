#include "resources/past_matrix.hpp"

#include "api_fixture.hpp"
#include "sample_traces.hpp"

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::test;

BOOST_FIXTURE_TEST_SUITE(past_matrix, ApiFixture)

BOOST_AUTO_TEST_CASE(after_a_start_the_matrix_has_what_was_seen_before) {
    set_up();
    auto older = sample_trace("n1", first);
    older.started_at -= seconds(60);
    auto const newer = sample_trace("n1", first);
    store.kept_traces = {newer, sample_trace("n2", first), older};  // newest first, as a store
    BOOST_TEST(latest.cells().empty());
    run([&] { return master::restore_latest(api); });
    auto const cells = latest.cells();
    BOOST_REQUIRE(cells.size() == 2U);
    BOOST_TEST(cells.front().probe == "n1");
    BOOST_TEST((cells.front().started_at == newer.started_at));
    BOOST_TEST(cells.front().rounds.size() == 2U);
    BOOST_TEST(store.last_query->from.has_value());
    BOOST_TEST(contains(get("/api/v1/matrix").body, "\"probe\":\"n2\""));
}

BOOST_AUTO_TEST_CASE(what_came_meanwhile_is_newer) {
    set_up();
    auto const before = sample_trace("n1", first);
    auto after = before;
    after.started_at += seconds(60);
    store.kept_traces = {before};
    latest.take(after, after.started_at);
    run([&] { return master::restore_latest(api); });
    BOOST_TEST((latest.cells().at(0).started_at == after.started_at));
}

BOOST_AUTO_TEST_CASE(what_could_not_be_read_is_told_as_long_as_it_may_be_missing) {
    set_up();
    store.unreadable = {.count = 2, .reason = {}};
    BOOST_TEST(!contains(get("/api/v1/matrix").body, "unreadable"));
    run([&] { return master::restore_latest(api); });
    for (auto const* path : {"/api/v1/matrix", "/api/v1/matrix/columns"})
        BOOST_TEST(contains(get(path).body, "\"unreadable\":2"), path);
    for (auto const& of_some : {std::map<std::string, std::string>{{"probe", "n1"}},
                                std::map<std::string, std::string>{{"measurement", "First"}}})
        BOOST_TEST(!contains(get("/api/v1/matrix", of_some).body, "unreadable"));
    latest.forget(wall_clock_now() - seconds(60));
    BOOST_TEST(latest.left_out() == 2U);
    latest.forget(wall_clock_now() + seconds(60));
    BOOST_TEST(!contains(get("/api/v1/matrix").body, "unreadable"));
}

BOOST_AUTO_TEST_CASE(a_store_that_fails_is_told_and_stops_nothing) {
    store.failure = make_error(boost::system::errc::io_error, "damaged");
    run([&] { return master::restore_latest(api); });
    BOOST_TEST(log.count("the matrix begins empty") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
