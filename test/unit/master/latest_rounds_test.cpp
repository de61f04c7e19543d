#include "latest_rounds.hpp"

#include "api_fixture.hpp"
#include "sample_traces.hpp"

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::test;
using master::LatestRounds;
using master::RoundCount;

namespace {

Hop hop(Ttl ttl, std::string_view from, std::initializer_list<std::uint32_t> rtts,
        std::uint32_t sent = 3) {
    Hop made{.ttl = ttl, .sent = sent, .answers = {}};
    for (auto const rtt : rtts)
        made.answers.push_back({.from = *parse<IpAddress>(from), .rtt_us = rtt});
    return made;
}

struct Fixture {
    LatestRounds rounds;
    Uuid const shop = make_uuid_from_name("shop");
    Timestamp now = *parse<Timestamp>("2026-11-22T12:00:00Z");

    Trace trace(std::vector<Path> paths) {
        now += seconds(10);
        Trace made;
        made.probe = "n1";
        made.measurement = MeasurementName{.id = shop, .name = "Shop"};
        made.started_at = now;
        made.paths = std::move(paths);
        return made;
    }
    static Path reached(FlowIndex flow, std::string_view router,
                        std::initializer_list<std::uint32_t> rtts) {
        return {.flow = flow,
                .reached = true,
                .hops = {hop(1, "10.0.0.1", {100}), hop(2, router, {200}),
                         hop(3, "198.51.100.9", rtts)}};
    }
    static Path lost(FlowIndex flow) {
        return {.flow = flow,
                .reached = false,
                .hops = {hop(1, "10.0.0.1", {100}), hop(2, "10.0.0.2", {200}),
                         hop(3, "10.0.0.2", {}), hop(4, "10.0.0.2", {})}};
    }
    master::MatrixCell cell() const { return rounds.cells().at(0); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(latest_rounds, Fixture)

BOOST_AUTO_TEST_CASE(packets_to_the_target_count_and_no_others) {
    rounds.take(trace({reached(0, "10.0.0.2", {900, 700, 800}), reached(1, "10.0.0.2", {600})}));
    BOOST_TEST(cell().reached);
    BOOST_TEST((cell().rounds.at(0) == RoundCount{.sent = 6, .answered = 4}));
    BOOST_TEST(cell().rtt_us.value() == 800U);
    BOOST_TEST(!cell().rtt_before_us.has_value());
}

BOOST_AUTO_TEST_CASE(a_flow_that_did_not_arrive_counts_once_where_others_did) {
    rounds.take(trace({reached(0, "10.0.0.2", {1, 2, 3}), lost(1)}));
    BOOST_TEST((cell().rounds.at(0) == RoundCount{.sent = 6, .answered = 3}));
}

BOOST_AUTO_TEST_CASE(where_nobody_arrives_nothing_is_said_about_loss) {
    rounds.take(trace({lost(0), lost(1)}));
    BOOST_TEST(!cell().reached);
    BOOST_TEST((cell().rounds.at(0) == RoundCount{}));
    BOOST_TEST(!cell().rtt_us.has_value());
}

BOOST_AUTO_TEST_CASE(new_links_are_a_change_and_silence_is_none) {
    rounds.take(trace({reached(0, "10.0.0.2", {1})}));
    BOOST_TEST(!cell().changed);
    auto silent = reached(0, "10.0.0.2", {1});
    silent.hops[1].answers.clear();
    rounds.take(trace({silent}));
    BOOST_TEST(!cell().changed);
    rounds.take(trace({reached(0, "10.0.0.3", {1})}));
    BOOST_TEST(cell().changed);
    rounds.take(trace({reached(0, "10.0.0.3", {1})}));
    BOOST_TEST(!cell().changed);
}

BOOST_AUTO_TEST_CASE(a_late_report_of_an_old_round_changes_nothing) {
    auto const old = trace({reached(0, "10.0.0.2", {1})});
    rounds.take(trace({reached(0, "10.0.0.2", {2})}));
    rounds.take(old);
    BOOST_TEST(cell().rtt_us.value() == 2U);
    BOOST_TEST(cell().rounds.size() == 1U);
}

BOOST_AUTO_TEST_CASE(it_keeps_some_rounds_of_some_pairs) {
    for (std::uint32_t i = 0; i < 9; ++i)
        rounds.take(trace({reached(0, "10.0.0.2", {i})}));
    BOOST_TEST(cell().rounds.size() == LatestRounds::rounds_kept);
    BOOST_TEST(cell().rtt_before_us.value() == 7U);
    LatestRounds small(1);
    auto other = trace({reached(0, "10.0.0.2", {1})});
    small.take(other);
    other.probe = "n2";
    small.take(other);
    BOOST_TEST(small.cells().size() == 1U);
    other.measurement.reset();
    rounds.take(other);
    BOOST_TEST(rounds.cells().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(the_api_tells_it, ApiFixture) {
    set_up();
    api.latest.take(sample_trace("n1", first));
    auto const whole = get("/api/v1/matrix").body;
    BOOST_TEST(contains(whole, R"({"cells":[{"probe":"n1",)"), whole);
    BOOST_TEST(contains(whole, R"("rounds":[{"sent":3,"answered":1}])"), whole);
    BOOST_TEST(get("/api/v1/matrix", {{"probe", "n2"}}).body == R"({"cells":[]})");
    BOOST_TEST(get("/api/v1/matrix", {{"measurement", std::string(first_id)}}).body == whole);
    BOOST_TEST(get("/api/v1/matrix", {{"measurement", "x"}}).status == 400U);
}

BOOST_AUTO_TEST_SUITE_END()
