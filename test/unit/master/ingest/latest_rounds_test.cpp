#include "ingest/latest_rounds.hpp"

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

struct LatestRoundsFixture {
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
    /// At the time when the newest of them is made.
    void take(Trace const& trace) { rounds.take(trace, now); }
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

BOOST_FIXTURE_TEST_SUITE(latest_rounds, LatestRoundsFixture)

BOOST_AUTO_TEST_CASE(packets_to_the_target_count_and_no_others) {
    take(trace({reached(0, "10.0.0.2", {900, 700, 800}), reached(1, "10.0.0.2", {600})}));
    BOOST_TEST(cell().reached);
    BOOST_TEST((cell().rounds.at(0) == RoundCount{.sent = 6, .answered = 4}));
    BOOST_TEST(cell().rtt_us.value() == 800U);
    BOOST_TEST(!cell().rtt_before_us.has_value());
}

BOOST_AUTO_TEST_CASE(a_flow_that_did_not_arrive_counts_once_where_others_did) {
    take(trace({reached(0, "10.0.0.2", {1, 2, 3}), lost(1)}));
    BOOST_TEST((cell().rounds.at(0) == RoundCount{.sent = 6, .answered = 3}));
}

BOOST_AUTO_TEST_CASE(where_nobody_arrives_nothing_is_said_about_loss) {
    take(trace({lost(0), lost(1)}));
    BOOST_TEST(!cell().reached);
    BOOST_TEST((cell().rounds.at(0) == RoundCount{}));
    BOOST_TEST(!cell().rtt_us.has_value());
}

BOOST_AUTO_TEST_CASE(new_links_are_a_change_and_silence_is_none) {
    take(trace({reached(0, "10.0.0.2", {1})}));
    BOOST_TEST(!cell().changed);
    auto silent = reached(0, "10.0.0.2", {1});
    silent.hops[1].answers.clear();
    take(trace({silent}));
    BOOST_TEST(!cell().changed);
    take(trace({reached(0, "10.0.0.3", {1})}));
    BOOST_TEST(cell().changed);
    take(trace({reached(0, "10.0.0.3", {1})}));
    BOOST_TEST(!cell().changed);
}

BOOST_AUTO_TEST_CASE(a_late_report_of_an_old_round_changes_nothing) {
    auto const old = trace({reached(0, "10.0.0.2", {1})});
    take(trace({reached(0, "10.0.0.2", {2})}));
    take(old);
    BOOST_TEST(cell().rtt_us.value() == 2U);
    BOOST_TEST(cell().rounds.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_ahead_keeps_nothing_out) {
    auto const ahead = [&](std::uint32_t rtt, std::chrono::hours by) {
        auto made = trace({reached(0, "10.0.0.2", {rtt})});
        made.started_at += by;
        return made;
    };
    auto const first = ahead(1, std::chrono::hours(20));
    auto const second = ahead(2, std::chrono::hours(21));
    take(first);
    take(second);  // with the same report
    BOOST_TEST(cell().rtt_us.value() == 2U);
    take(first);
    BOOST_TEST(cell().rtt_us.value() == 2U);
    take(trace({reached(0, "10.0.0.2", {3})}));  // the clock is right again
    BOOST_TEST(cell().rtt_us.value() == 3U);
    BOOST_TEST((cell().started_at == now));
}

BOOST_AUTO_TEST_CASE(it_keeps_some_rounds_of_some_pairs) {
    for (std::uint32_t i = 0; i < 9; ++i)
        take(trace({reached(0, "10.0.0.2", {i})}));
    BOOST_TEST(cell().rounds.size() == LatestRounds::rounds_kept);
    BOOST_TEST(cell().rtt_before_us.value() == 7U);
    LatestRounds small(1);
    auto other = trace({reached(0, "10.0.0.2", {1})});
    small.take(other, now);
    other.probe = "n2";
    small.take(other, now);
    BOOST_TEST(small.cells().size() == 1U);
    other.measurement.reset();
    take(other);
    BOOST_TEST(rounds.cells().size() == 1U);
}

BOOST_AUTO_TEST_CASE(columns_say_the_same_in_few_bytes) {
    take(trace({reached(0, "10.0.0.2", {1000, 1000, 1000})}));
    take(trace({reached(0, "10.0.0.3", {1300, 1300})}));
    auto other = trace({lost(0)});
    other.probe = "n2";
    take(other);
    auto const columns = master::columns_of(rounds.cells());
    using Numbers = std::vector<std::uint32_t>;
    BOOST_TEST((columns.newest == now));
    BOOST_TEST((columns.probes == std::vector<std::string>{"n1", "n2"}));
    BOOST_TEST((columns.measurements == std::vector<Uuid>{shop}));
    BOOST_TEST((columns.probe == Numbers{0, 1}));
    BOOST_TEST((columns.measurement == Numbers{0, 0}));
    BOOST_TEST((columns.age_s == Numbers{10, 0}));
    BOOST_TEST((columns.sent == Numbers{6, 0}));
    BOOST_TEST((columns.lost == Numbers{1, 0}));
    BOOST_TEST((columns.rtt_us == Numbers{1300, 0}));
    BOOST_TEST((columns.marks ==
                Numbers{master::mark_reached | master::mark_changed | master::mark_slower, 0}));
    BOOST_TEST(master::columns_of({}).probes.empty());
}

BOOST_FIXTURE_TEST_CASE(the_past_is_made_of_the_traces_that_are_kept, ApiFixture) {
    set_up();
    auto const at = *parse<Timestamp>("2026-11-22T12:00:00Z");
    for (int i = 0; i < 3; ++i)  // newest first, as a store gives them
        store.kept_traces.push_back(sample_trace("n1", first, at - seconds(60 * i)));
    auto const body = get("/api/v1/matrix", {{"at", "2026-11-22T12:00:00Z"}}).body;
    BOOST_TEST(contains(body, R"("started_at":"2026-11-22T12:00:00.000000Z")"), body);
    BOOST_TEST(contains(body, R"("rounds":[{"sent":3,"answered":1},{"sent":3,)"), body);
    BOOST_TEST(contains(body, R"("truncated":false)"), body);
    BOOST_REQUIRE(store.last_query);
    BOOST_TEST((*store.last_query->from == at - std::chrono::minutes(10)));
    BOOST_TEST((*store.last_query->to == at + microseconds(1)));
    auto const columns =
        get("/api/v1/matrix/columns",
            {{"at", "2026-11-22T12:00:00Z"}, {"probe", "n1"}, {"measurement", "First"}});
    BOOST_TEST(contains(columns.body, R"("probes":["n1"])"), columns.body);
    BOOST_TEST((store.last_query->measurement == first));
    BOOST_TEST(get("/api/v1/matrix", {{"at", "noon"}}).status == 400U);
    api.matrices_under_way = 2;
    BOOST_TEST(get("/api/v1/matrix", {{"at", "2026-11-22T12:00:00Z"}}).status == 503U);
    api.matrices_under_way = 0;
    store.failure = make_error(boost::system::errc::io_error, "broken");
    BOOST_TEST(get("/api/v1/matrix", {{"at", "2026-11-22T12:00:00Z"}}).status == 503U);
}

BOOST_FIXTURE_TEST_CASE(who_is_long_gone_is_forgotten_and_makes_room, LatestRoundsFixture) {
    rounds = LatestRounds(2);
    auto const first = trace({reached(0, "10.0.0.2", {300})});
    auto second = trace({reached(0, "10.0.0.2", {300})});
    second.probe = "n2";
    auto third = trace({reached(0, "10.0.0.2", {300})});
    third.probe = "n3";
    for (auto const& each : {first, second, third})
        take(each);
    BOOST_REQUIRE(rounds.cells().size() == 2U);
    rounds.forget(second.started_at);
    BOOST_REQUIRE(rounds.cells().size() == 1U);
    BOOST_TEST(rounds.cells()[0].probe == "n2");
    take(third);
    BOOST_TEST(rounds.cells().size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(the_api_tells_it, ApiFixture) {
    set_up();
    api.latest.take(sample_trace("n1", first), wall_clock_now());
    auto const whole = get("/api/v1/matrix").body;
    BOOST_TEST(contains(whole, R"({"cells":[{"probe":"n1",)"), whole);
    BOOST_TEST(contains(whole, R"("rounds":[{"sent":3,"answered":1}])"), whole);
    BOOST_TEST(get("/api/v1/matrix", {{"probe", "n2"}}).body == R"({"cells":[]})");
    BOOST_TEST(get("/api/v1/matrix", {{"measurement", std::string(first_id)}}).body == whole);
    BOOST_TEST(get("/api/v1/matrix", {{"measurement", "First"}}).body == whole);
    BOOST_TEST(get("/api/v1/matrix", {{"measurement", "x"}}).status == 400U);
    BOOST_TEST(contains(get("/api/v1/matrix/columns").body, R"("sent":[3],"lost":[2])"));
}

BOOST_AUTO_TEST_SUITE_END()
