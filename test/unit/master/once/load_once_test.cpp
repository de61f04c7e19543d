#include "once/load_once.hpp"

#include "api_fixture.hpp"
#include "board_probes.hpp"
#include "sample_traces.hpp"

#include <dtrace/json/write.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::test;

namespace {

/// A master that orders, and another one that comes after it and has the store alone.
struct LoadOnceFixture : ApiFixture {
    master::AssignmentBoard next_board;
    master::OnceRuns next_runs;

    LoadOnceFixture() {
        set_up();
        ingest.on_stored([this](master::TakenTraces const& traces) {
            if (board.once_reported(*traces)) board_changed.notify_all();
        });
    }

    Uuid ordered(std::string body) {
        auto asked = request("/api/v1/measurements");
        asked.verb = http::Verb::post;
        asked.headers.set("Content-Type", "application/json");
        asked.body = std::move(body);
        auto const response = answer(std::move(asked));
        BOOST_REQUIRE_MESSAGE(response.status == 202, response.body);
        auto const path = *response.headers.find("Location");
        return *parse<Uuid>(path.substr(path.rfind('/') + 1));
    }

    void reports(std::string const& probe, std::string const& secret, Uuid const& id) {
        auto trace = sample_trace(probe, id);
        trace.id = once_trace_id(id, probe);
        trace.measurement->id = id;
        auto const response = answer(as(probe, secret, report("[" + json::write(trace) + "]")));
        BOOST_REQUIRE_MESSAGE(response.status == 200, response.body);
    }

    Result<std::vector<master::DamagedEntry>> restart(Timestamp now = wall_clock_now()) {
        next_board.place(test::board_probes({"n1", "n2"}));
        return value_of(load_once(store, next_board, next_runs, now));
    }

    std::string waiting_for(Uuid const& id) {
        auto const* const names = next_board.once_waiting_for(id);
        return names ? json::write(std::vector<std::string>(names->begin(), names->end())) : "none";
    }
};

constexpr auto of_both = R"({"once":true,"target":"a.test","probes":["n1","n2"]})";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(load_once, LoadOnceFixture)

BOOST_AUTO_TEST_CASE(what_is_not_done_goes_on) {
    auto const fresh = ordered(of_both);
    auto const half = ordered(of_both);
    reports("n1", "one", half);
    auto const done = ordered(R"({"once":true,"target":"a.test","probes":["n2"]})");
    reports("n2", "two", done);
    BOOST_REQUIRE(restart());
    BOOST_TEST(waiting_for(fresh) == R"(["n1","n2"])");
    BOOST_TEST(waiting_for(half) == R"(["n2"])");
    BOOST_TEST(waiting_for(done) == "none");
    BOOST_TEST(next_board.assignment("n1")->once.size() == 1U);
    BOOST_TEST((next_board.assignment("n2")->once == board.assignment("n2")->once));
    BOOST_TEST(next_board.revision("n1") != 0U);
    for (auto const& id : {fresh, half, done}) {
        BOOST_REQUIRE(next_runs.find(id) != nullptr);
        BOOST_TEST((next_runs.find(id)->item == once_runs.find(id)->item));
        BOOST_TEST(next_runs.find(id)->probes == once_runs.find(id)->probes);
    }
}

BOOST_AUTO_TEST_CASE(a_damaged_one_is_left_out_and_told) {
    auto const damaged = ordered(of_both);
    auto const sound = ordered(of_both);
    store.kept_entries[{store::EntryKind::once_run, std::string(to_text(damaged))}] = "{";
    auto const left_out = restart();
    BOOST_REQUIRE(left_out);
    BOOST_REQUIRE(left_out->size() == 1U);
    BOOST_TEST(left_out->front().key == to_text(damaged));
    BOOST_REQUIRE(store.told_damage);
    BOOST_TEST(contains(store.told_damage->message, "once_run " + to_text(damaged)));
    BOOST_TEST(waiting_for(damaged) == "none");
    BOOST_TEST(waiting_for(sound) == R"(["n1","n2"])");
}

BOOST_AUTO_TEST_CASE(who_has_reported_what_cannot_be_read_is_not_asked_again) {
    auto const id = ordered(of_both);
    reports("n1", "one", id);
    store.damaged_traces = {once_trace_id(id, "n1")};
    BOOST_REQUIRE(restart());
    BOOST_TEST(waiting_for(id) == R"(["n2"])");
}

BOOST_AUTO_TEST_CASE(a_deadline_that_passed_meanwhile_counts) {
    auto const id = ordered(of_both);
    BOOST_REQUIRE(restart(wall_clock_now() + std::chrono::hours(1)));
    BOOST_TEST(waiting_for(id) == "none");
    auto const view =
        state_of(*next_runs.find(id), standing_of(*next_runs.find(id), next_board), {});
    BOOST_TEST((view.state == master::OnceState::incomplete));
    BOOST_TEST(view.missing.size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_was_taken_back_stays_so) {
    auto const id = ordered(of_both);
    auto asked = request("/api/v1/measurements/" + to_text(id));
    asked.verb = http::Verb::delete_;
    BOOST_TEST(answer(std::move(asked)).status == 204U);
    BOOST_REQUIRE(restart());
    BOOST_TEST(waiting_for(id) == "none");
    BOOST_TEST(next_runs.find(id)->taken_back);
}

BOOST_AUTO_TEST_CASE(a_probe_that_is_gone_is_waited_for_until_the_deadline) {
    auto const id = ordered(of_both);
    next_board.place(test::board_probes({"n1"}));
    BOOST_REQUIRE(value_of(master::load_once(store, next_board, next_runs, wall_clock_now())));
    BOOST_TEST(waiting_for(id) == R"(["n1","n2"])");
    BOOST_TEST(next_board.expire_once(next_runs.find(id)->item.deadline));
    BOOST_TEST(waiting_for(id) == "none");
}

BOOST_AUTO_TEST_CASE(what_is_not_stored_is_not_begun) {
    auto const token = token_of(Role::admin);
    store.failure = make_error(boost::system::errc::io_error, "broken disk");
    auto asked = with_token(token, request("/api/v1/measurements"));
    asked.verb = http::Verb::post;
    asked.headers.set("Content-Type", "application/json");
    asked.body = of_both;
    BOOST_TEST(answer(std::move(asked)).status == 503U);
    BOOST_TEST(board.assignment("n1")->once.empty());
}

BOOST_AUTO_TEST_CASE(the_oldest_that_is_done_makes_room) {
    std::vector<Uuid> ids;
    next_board.place(test::board_probes({"n1"}));
    for (std::size_t i = 0; i < master::OnceRuns::kept; ++i) {
        BOOST_TEST((next_runs.make_room(next_board).there));
        auto const id = make_uuid_v7(Timestamp(milliseconds(i + 1)));
        next_runs.put(
            {.item = {.id = id, .measurement = {.id = id}}, .probes = {"n1"}, .created_at = {}});
        ids.push_back(id);
    }
    BOOST_TEST((next_runs.make_room(next_board).forget == ids[0]));
    auto const still_running = next_runs.find(ids[0])->item;
    BOOST_REQUIRE(next_board.order_once(still_running, {"n1"}));
    BOOST_TEST((next_runs.make_room(next_board).forget == ids[1]));
    next_runs.forget(ids[1]);
    BOOST_TEST((next_runs.find(ids[1]) == nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
