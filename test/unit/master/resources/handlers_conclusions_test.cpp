#include "api_fixture.hpp"
#include "resources/views_culprits.hpp"
#include "sample_traces.hpp"
#include "watch/culprit_watch.hpp"

#include <dtrace/analysis/path_graph.hpp>
#include <dtrace/async/task_group.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <boost/test/unit_test.hpp>

#include <path_text.hpp>

#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::test;
namespace asio = boost::asio;

namespace {

analysis::Place place(std::string const& address) {
    return {.addresses = {parse<IpAddress>(address).value()}};
}

struct HandlersConclusionsFixture : ApiFixture {
    HandlersConclusionsFixture() { set_up(); }

    http::Response ask(std::string path, std::map<std::string, std::string> query = {}) {
        return get(std::move(path), std::move(query));
    }

    template <class T>
    T read(http::Response const& response) {
        BOOST_REQUIRE_MESSAGE(response.status == 200U, response.body);
        auto value = json::read<T>(response.body, json::UnknownKeys::refuse);
        BOOST_REQUIRE_MESSAGE(value, response.body);
        return *std::move(value);
    }

    Uuid keep_culprit(double odds, bool open, std::string const& far = "192.0.2.9") {
        master::CulpritRecord record;
        record.id = make_uuid_v7(wall_clock_now());
        record.open = open;
        record.segment = {place("192.0.2.1"), place(far)};
        record.links = {record.segment};
        record.odds = odds;
        record.witnesses.resize(9);
        for (auto& witness : record.witnesses)
            witness.target = parse<IpAddress>("192.0.2.9").value();
        store.kept_culprits.push_back({.id = record.id,
                                       .first_seen = {},
                                       .last_seen = {},
                                       .open = open,
                                       .content = json::write(record)});
        return record.id;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(handlers_conclusions, HandlersConclusionsFixture)

BOOST_AUTO_TEST_CASE(culprits_are_ranked_and_their_witnesses_few) {
    keep_culprit(7, true);
    keep_culprit(90, false);
    keep_culprit(30, true);
    auto const list = read<master::CulpritList>(ask("/api/v1/culprits"));
    BOOST_REQUIRE(list.culprits.size() == 3U);
    BOOST_TEST(list.culprits[0].odds == 30);
    BOOST_TEST(list.culprits[1].odds == 7);
    BOOST_TEST(!list.culprits[2].open);
    BOOST_TEST(list.culprits[0].witnesses.size() == 5U);
    BOOST_TEST(!list.now.has_value());
}

BOOST_AUTO_TEST_CASE(one_culprit_has_all_its_witnesses) {
    auto const id = keep_culprit(7, true);
    auto const one = read<master::CulpritRecord>(ask("/api/v1/culprits/" + to_text(id)));
    BOOST_TEST(one.witnesses.size() == 9U);
    BOOST_TEST(ask("/api/v1/culprits/" + std::string(first_id)).status == 404U);
    BOOST_TEST(ask("/api/v1/culprits/x").status == 400U);
}

BOOST_AUTO_TEST_CASE(events_are_queried_by_each_parameter) {
    Event event;
    event.kind = EventKind::loop_began;
    event.summary = "round and round";
    store.kept_events = {event};
    auto const list =
        read<master::EventList>(ask("/api/v1/events", {{"kind", "loop_began"},
                                                       {"measurement", "First"},
                                                       {"probe", "n1"},
                                                       {"from", "2026-11-22T00:00:00Z"},
                                                       {"limit", "7"}}));
    BOOST_TEST(list.events.at(0).summary == "round and round");
    auto const& asked = store.last_event_query.value();
    BOOST_TEST((asked.kind == EventKind::loop_began));
    BOOST_TEST((asked.measurement == first));
    BOOST_TEST(asked.probe.value() == "n1");
    BOOST_TEST(asked.from.has_value());
    BOOST_TEST(asked.limit == 7U);
}

BOOST_AUTO_TEST_CASE(one_event_is_found_by_its_id) {
    Event event;
    event.id = make_uuid_v7(wall_clock_now());
    event.summary = "round and round";
    store.kept_events = {event};
    BOOST_TEST((read<Event>(ask("/api/v1/events/" + to_text(event.id))) == event));
    BOOST_TEST(ask("/api/v1/events/" + std::string(first_id)).status == 404U);
    BOOST_TEST(ask("/api/v1/events/x").status == 400U);
    BOOST_TEST(ask("/api/v1/events/" + to_text(event.id), {{"probe", "n1"}}).status == 400U);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said) {
    std::vector<std::pair<std::string, std::map<std::string, std::string>>> const wrong{
        {"/api/v1/events", {{"kind", "earthquake"}}},
        {"/api/v1/events", {{"cursor", "foreign"}}},
        {"/api/v1/events", {{"limit", "1001"}}},
        {"/api/v1/events", {{"measurement", "Nobody's"}}},
        {"/api/v1/culprits", {{"from", "2026-01-02T00:00:00Z"}, {"to", "2026-01-01T00:00:00Z"}}},
        {"/api/v1/culprits", {{"probe", "n1"}}},
        {"/api/v1/graph", {{"limit", "20001"}}},
        {"/api/v1/graph", {{"cursor", "x"}}}};
    for (auto const& [path, query] : wrong) {
        auto const response = ask(path, query);
        BOOST_TEST(response.status == 400U, path);
        bool const named = contains(response.body, query.begin()->first) ||
                           contains(response.body, query.rbegin()->first);
        BOOST_TEST(named, response.body);
    }
}

BOOST_AUTO_TEST_CASE(a_store_that_fails_is_said) {
    store.failure = make_error(boost::system::errc::io_error, "broken");
    auto const one = "/api/v1/events/" + std::string(first_id);
    for (std::string const& path : {std::string("/api/v1/culprits"), std::string("/api/v1/events"),
                                    one, std::string("/api/v1/graph")})
        BOOST_TEST(ask(path).status == 503U, path);
}

BOOST_AUTO_TEST_CASE(the_graph_has_all_paths_and_marks_the_culprit) {
    store.kept_traces = {sample_trace("n1", first), sample_trace("n2", first)};
    auto const id = keep_culprit(9, true);
    auto const all = read<analysis::GraphView>(ask("/api/v1/graph"));
    BOOST_TEST(all.traces == 2U);
    BOOST_TEST(all.nodes.size() == 4U);
    BOOST_TEST(!all.truncated);
    int marked = 0;
    for (auto const& link : all.links)
        if (link.culprit == id) ++marked;
    BOOST_TEST(marked == 1);
    auto const one = read<analysis::GraphView>(ask("/api/v1/graph", {{"probe", "n1"}}));
    BOOST_TEST(one.traces == 1U);
    BOOST_TEST((store.last_query->probe == "n1"));
}

/// The links behind the silent gateways of two probes have the same name.
BOOST_AUTO_TEST_CASE(an_access_behind_a_silent_gateway_marks_no_link_of_another_probe) {
    for (std::string const& probe : {std::string("n1"), std::string("n2")})
        store.kept_traces.push_back(
            trace_of({.paths = {"* 10.0.0.1 198.51.100.9"}, .probe = probe}));
    analysis::Place const gateway{.addresses = {}, .probe = {}, .silent = 1};
    master::CulpritRecord record;
    record.id = make_uuid_v7(wall_clock_now());
    record.open = true;
    record.access = "n1";
    record.segment = {{.addresses = {}, .probe = "n1", .silent = {}}, place("10.0.0.1")};
    record.links = {{record.segment.from, gateway}, {gateway, record.segment.to}};
    store.kept_culprits.push_back({.id = record.id,
                                   .first_seen = {},
                                   .last_seen = {},
                                   .open = true,
                                   .content = json::write(record)});
    auto const view = read<analysis::GraphView>(ask("/api/v1/graph"));
    std::vector<std::string> marked;
    for (auto const& link : view.links)
        if (link.culprit) marked.push_back(view.nodes[link.from].probe.value_or("*"));
    BOOST_TEST((marked == std::vector<std::string>{"n1"}));
}

BOOST_AUTO_TEST_CASE(a_graph_of_too_much_is_cut_and_says_so) {
    for (int i = 0; i < 5; ++i)
        store.kept_traces.push_back(sample_trace("n1", first));
    auto const view = read<analysis::GraphView>(ask("/api/v1/graph", {{"limit", "2"}}));
    BOOST_TEST(view.traces == 2U);
    BOOST_TEST(view.truncated);
    // What cannot be read has been asked for too.
    store.kept_traces.resize(201, store.kept_traces.front());
    store.unreadable.count = 200;
    auto const damaged = read<analysis::GraphView>(ask("/api/v1/graph", {{"limit", "400"}}));
    BOOST_TEST(damaged.traces == 200U);
    BOOST_TEST(damaged.unreadable.value_or(0) == 200U);
    BOOST_TEST(damaged.truncated);
    api.graphs_under_way = 2;
    BOOST_TEST(ask("/api/v1/graph").status == 503U);
}

namespace {

/// A watch for culprits, and a target that has answered so far and does not from now on.
struct WatchFixture : HandlersConclusionsFixture {
    master::WatchOptions options{.verdict_every = milliseconds(20)};
    master::CulpritWatch busy{io.get_executor(), options, {store, board, board_changed, log}};
    RoundText text{.paths = {"10.0.0.1 10.0.0.2 198.51.100.9"},
                   .at = wall_clock_now() - seconds(100)};

    WatchFixture() {
        ingest.on_taken([this](master::TakenTraces const& traces) { busy.take(traces); });
        for (int i = 0; i < 4; ++i)
            store.kept_traces.insert(store.kept_traces.begin(), round());
        text.paths = {"10.0.0.1 10.0.0.2 * * *"};
    }

    Trace round() {
        auto trace = trace_of(text);
        trace.measurement = MeasurementName{first, "First"};
        text.at += seconds(10);
        return trace;
    }
    asio::awaitable<void> take_two_rounds() {
        for (int i = 0; i < 2; ++i) {
            auto const body = '[' + json::write(round()) + ']';
            co_await ingest.take("n1", body);
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_is_committed_is_watched_kept_and_ordered, WatchFixture) {
    run([&]() -> asio::awaitable<void> {
        async::TaskGroup tasks(io.get_executor(), log);
        tasks.spawn("watch", busy.run());
        co_await take_two_rounds();
        while (store.kept_events.empty() || busy.counters().verdicts < 2)
            co_await board_changed.wait(Clock::now() + milliseconds(5));
        co_await tasks.join(seconds(5));
    });
    BOOST_REQUIRE(store.kept_events.size() == 1U);
    BOOST_TEST((store.kept_events[0].kind == EventKind::target_unreachable));
    BOOST_TEST(busy.verdict().has_value());
    auto const once = board.assignment("n1")->once;
    BOOST_REQUIRE(once.size() == 1U);
    BOOST_TEST((once[0].measurement.id == first));
    BOOST_TEST(once[0].parameters.flows.fixed == 64U);
    auto const& counted = busy.counters();
    BOOST_TEST(counted.bursts_ordered == 1U);
    BOOST_TEST(counted.rounds == 2U);
    BOOST_TEST(counted.left_out == 0U);
    BOOST_TEST(counted.events == 1U);
    BOOST_TEST(counted.last_verdict_at.has_value());
    BOOST_TEST(counted.open_culprits == 0U);
}

BOOST_FIXTURE_TEST_CASE(what_came_last_before_a_stop_is_looked_at_and_kept, WatchFixture) {
    run([&]() -> asio::awaitable<void> {
        async::TaskGroup tasks(io.get_executor(), log);
        tasks.spawn("watch", busy.run());
        while (busy.counters().verdicts == 0)
            co_await board_changed.wait(Clock::now() + milliseconds(5));
        co_await take_two_rounds();
        co_await tasks.join(seconds(5));
    });
    BOOST_REQUIRE(store.kept_events.size() == 1U);
    BOOST_TEST((store.kept_events[0].kind == EventKind::target_unreachable));
}

BOOST_AUTO_TEST_SUITE_END()
