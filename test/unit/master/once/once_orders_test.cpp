#include "once/once_orders.hpp"

#include "board_probes.hpp"
#include "catalog/assignment_board.hpp"
#include "io_fixture.hpp"
#include "once/expire_orders.hpp"
#include "once/once_runs.hpp"

#include <dtrace/async/task_group.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <boost/test/unit_test.hpp>

#include <log_capture.hpp>

using namespace dtrace;
using namespace dtrace::master;
namespace asio = boost::asio;
namespace errc = boost::system::errc;

BOOST_AUTO_TEST_SUITE(once_orders)

namespace {

Timestamp const start(seconds(1'790'000'000));

OnceItem item(seconds lives = seconds(60), Timestamp given = start) {
    return {.id = make_uuid_v7(given),
            .measurement = {make_uuid_from_name("m"), "m"},
            .target = "192.0.2.9",
            .parameters = {},
            .deadline = given + lives};
}

std::vector<Trace> trace_of(OnceItem const& order, std::string const& probe) {
    Trace trace;
    trace.id = once_trace_id(order.id, probe);
    trace.probe = probe;
    trace.measurement = order.measurement;
    return {trace};
}

std::vector<Trace> traces_in(OnceOrders::Progress const& progress) {
    std::vector<Trace> traces;
    for (auto const& trace : progress.traces)
        traces.push_back(*trace);
    return traces;
}

struct Board : AssignmentBoard {
    Board() { place(test::board_probes({"a", "b"})); }
};

}  // namespace

BOOST_AUTO_TEST_CASE(progress_is_kept_within_bounds_and_goes_with_its_order) {
    OnceOrders orders;
    auto const order = item();
    BOOST_REQUIRE(orders.add(order, {"a", "b"}).has_value());
    auto const a = trace_of(order, "a").front();
    auto const b = trace_of(order, "b").front();
    auto stranger = a;
    stranger.probe = "b";
    BOOST_TEST((orders.progressed(stranger, 1).error().code == errc::no_such_process));
    auto other = a;
    other.measurement->id = make_uuid_v7(start);
    BOOST_TEST((orders.progressed(other, 1).error().code == errc::no_such_process));
    BOOST_TEST(orders.progressed(a, OnceOrders::max_progress_bytes).has_value());
    BOOST_TEST((orders.progressed(b, 1).error().code == errc::not_enough_memory));
    BOOST_TEST(orders.progressed(a, OnceOrders::max_progress_bytes - 1).has_value());
    BOOST_TEST(orders.progressed(b, 1).has_value());
    BOOST_TEST(orders.progress_of(order.id).changes == 3U);
    BOOST_TEST((traces_in(orders.progress_of(order.id)) == std::vector{a, b}));

    BOOST_TEST(orders.reported(a.id, "a"));
    BOOST_TEST((traces_in(orders.progress_of(order.id)) == std::vector{b}));
    BOOST_TEST(orders.progressed(b, OnceOrders::max_progress_bytes).has_value());
    (void)orders.drop(order.id);
    BOOST_TEST(orders.progress_of(order.id).traces.empty());
    auto const next = item();
    BOOST_REQUIRE(orders.add(next, {"a"}).has_value());
    BOOST_TEST(
        orders.progressed(trace_of(next, "a").front(), OnceOrders::max_progress_bytes).has_value());
}

BOOST_AUTO_TEST_CASE(an_order_ends_when_all_its_probes_have_reported) {
    OnceOrders orders;
    auto const order = item();
    BOOST_REQUIRE(orders.add(order, {"a", "b"}).has_value());
    BOOST_TEST((orders.items_of("a") == std::vector{order}));
    BOOST_TEST(orders.items_of("c").empty());

    BOOST_TEST(!orders.reported(make_uuid_v7(start), "a"));
    BOOST_TEST(orders.reported(once_trace_id(order.id, "a"), "a"));
    BOOST_TEST(orders.items_of("a").empty());
    BOOST_TEST((*orders.waiting_for(order.id) == OnceOrders::Names{"b"}));
    BOOST_TEST(!orders.reported(once_trace_id(order.id, "a"), "a"));
    BOOST_TEST(orders.reported(once_trace_id(order.id, "b"), "b"));
    BOOST_TEST(orders.waiting_for(order.id) == nullptr);
    BOOST_TEST(!orders.next_deadline());
}

BOOST_AUTO_TEST_CASE(a_probe_carries_out_no_order_of_another) {
    OnceOrders orders;
    auto const order = item();
    BOOST_REQUIRE(orders.add(order, {"a", "b"}).has_value());
    BOOST_TEST(!orders.reported(once_trace_id(order.id, "b"), "a"));
    BOOST_TEST((*orders.waiting_for(order.id) == OnceOrders::Names{"a", "b"}));
    BOOST_TEST((orders.items_of("b") == std::vector{order}));
}

BOOST_AUTO_TEST_CASE(an_order_ends_at_its_deadline) {
    OnceOrders orders;
    auto const sooner = item(seconds(10));
    auto const later = item(seconds(20));
    BOOST_REQUIRE(orders.add(later, {"a"}).has_value());
    BOOST_REQUIRE(orders.add(sooner, {"a", "b"}).has_value());
    BOOST_TEST((*orders.next_deadline() == sooner.deadline));
    BOOST_TEST(orders.expire(sooner.deadline - microseconds(1)).empty());
    BOOST_TEST((orders.expire(sooner.deadline) == OnceOrders::Names{"a", "b"}));
    BOOST_TEST((orders.items_of("a") == std::vector{later}));
    // What comes too late is no order any more.
    BOOST_TEST(!orders.reported(once_trace_id(sooner.id, "a"), "a"));
    BOOST_TEST((orders.drop(later.id) == OnceOrders::Names{"a"}));
    BOOST_TEST(orders.drop(later.id).empty());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_ordered_leaves_nothing_behind) {
    OnceOrders orders;
    auto const order = item();
    BOOST_TEST((orders.add(order, {}).error().code == errc::invalid_argument));
    for (std::size_t i = 0; i < OnceOrders::max_per_probe; ++i)
        BOOST_REQUIRE(orders.add(item(), {"a"}).has_value());
    auto const refused = orders.add(order, {"a", "b"});
    BOOST_TEST((refused.error().code == errc::resource_unavailable_try_again));
    BOOST_TEST(refused.error().message == "probe a has 100 one-off rounds to do already");
    BOOST_TEST(orders.items_of("b").empty());
    BOOST_TEST(orders.add(order, {"b"}).has_value());
    BOOST_TEST((orders.add(order, {"b"}).error().code == errc::invalid_argument));
}

BOOST_FIXTURE_TEST_CASE(the_board_hands_it_to_those_it_is_for_and_takes_it_back, Board) {
    auto const a = revision("a");
    auto const b = revision("b");
    auto const order = item();
    BOOST_REQUIRE(order_once(order, {"a"}).has_value());
    BOOST_TEST(revision("a") != a);
    BOOST_TEST(revision("b") == b);
    BOOST_TEST((assignment("a")->once == std::vector{order}));
    BOOST_TEST(assignment("a")->revision == revision("a"));
    BOOST_TEST(assignment("b")->once.empty());
    BOOST_TEST(knows(order.measurement.id));
    auto const text = json::write(*assignment("a"));
    BOOST_TEST(
        (json::read<Assignment>(text, json::UnknownKeys::refuse).value() == *assignment("a")));

    BOOST_TEST(!once_reported(trace_of(order, "b")));
    BOOST_TEST(once_reported(trace_of(order, "a")));
    BOOST_TEST(revision("a") == a);
    BOOST_TEST(once_waiting_for(order.id) == nullptr);
}

BOOST_FIXTURE_TEST_CASE(who_reports_while_the_traces_are_read_is_neither_waited_for_nor_missing,
                        Board) {
    OnceRun const run{.item = item(), .probes = {"a", "b"}, .created_at = start};
    BOOST_REQUIRE(order_once(run.item, {"a", "b"}).has_value());
    auto const a = trace_of(run.item, "a");
    auto const b = trace_of(run.item, "b");
    BOOST_REQUIRE(once_progressed(a.front(), 1).has_value());
    BOOST_REQUIRE(once_progressed(b.front(), 1).has_value());
    auto const before = standing_of(run, *this);
    BOOST_TEST(once_reported(a));
    BOOST_TEST(once_reported(b));

    auto const half = state_of(run, before, a);
    BOOST_TEST((half.state == OnceState::running));
    BOOST_TEST(half.waiting == std::vector<std::string>{"b"});
    BOOST_TEST(half.missing.empty());
    BOOST_TEST((half.progress.traces == b));
    auto const whole = state_of(run, before, {a.front(), b.front()});
    BOOST_TEST((whole.state == OnceState::complete));
    BOOST_TEST(whole.waiting.empty());
    BOOST_TEST(whole.progress.traces.empty());
    // Not yet in what was read, and so not done yet.
    BOOST_TEST((state_of(run, before, {}).state == OnceState::running));
    BOOST_TEST((state_of(run, standing_of(run, *this), {}).state == OnceState::incomplete));
}

BOOST_FIXTURE_TEST_CASE(orders_outlast_a_change_of_the_files, Board) {
    auto const order = item();
    BOOST_REQUIRE(order_once(order, {"a", "b"}).has_value());
    auto const with_order = revision("a");
    place(test::board_probes({"a", "c"}));
    set_measurements({}, std::nullopt);
    BOOST_TEST(revision("a") == with_order);
    BOOST_TEST((assignment("a")->once == std::vector{order}));
    // The one that is no probe any more never reports.
    BOOST_TEST(once_reported(trace_of(order, "a")));
    BOOST_TEST(once_waiting_for(order.id)->contains("b"));
    BOOST_TEST(expire_once(order.deadline));
    BOOST_TEST(once_waiting_for(order.id) == nullptr);
}

BOOST_FIXTURE_TEST_CASE(nobody_can_be_ordered_who_is_no_probe, Board) {
    auto const refused = order_once(item(), {"a", "z"});
    BOOST_TEST(refused.error().message == "there is no probe z");
    BOOST_TEST(assignment("a")->once.empty());
}

BOOST_FIXTURE_TEST_CASE(the_master_takes_an_overdue_order_back_by_itself, test::IoFixture) {
    test::LogCapture log;
    run([&]() -> asio::awaitable<void> {
        Board board;
        async::Wakeup changed(io.get_executor());
        async::Wakeup ended(io.get_executor());
        async::TaskGroup tasks(io.get_executor(), log);
        tasks.spawn("orders", expire_orders(board, changed, ended));
        auto const order = item(seconds(0), wall_clock_now() + milliseconds(30));
        BOOST_REQUIRE(board.order_once(order, {"a"}).has_value());
        changed.notify_all();
        bool const told = co_await ended.wait(Clock::now() + seconds(10));
        BOOST_TEST(told);
        BOOST_TEST(board.once_waiting_for(order.id) == nullptr);
        BOOST_TEST(board.assignment("a")->once.empty());
        co_await tasks.join(seconds(1));
    });
}

BOOST_AUTO_TEST_SUITE_END()
