#include "watch/arrivals.hpp"

#include "watch/judge_window.hpp"

#include <dtrace/analysis/evidence.hpp>

#include <boost/test/unit_test.hpp>

#include <path_text.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::master;
using namespace dtrace::test;

namespace {

Timestamp const noon(seconds(1'790'000'000));
constexpr std::uint64_t some_flow = 7;

Listening heard_between(int from, int until, std::vector<Listening::Visit> visits = {}) {
    return {
        .from = noon + seconds(from), .until = noon + seconds(until), .visits = std::move(visits)};
}

TimeSpan round_of(int from, int until) {
    return {noon + seconds(from), noon + seconds(until)};
}

/// Probes a and b measure each other, a round a minute of two flows over one router, 10 packets to
/// each hop.
struct TwoProbes {
    static constexpr int packets = 10;
    EvidenceWindow window{{}};

    static Trace round(std::string const& probe, Timestamp at, int answered = packets) {
        bool const is_a = probe == "a";
        std::string const target = is_a ? "192.0.2.2" : "192.0.2.1";
        std::string const path =
            (is_a ? "10.0.1.1 " : "10.0.2.1 ") + target + ":" + std::to_string(answered);
        RoundText const text{
            .paths = {path, path}, .at = at, .probe = probe, .target = target, .sent = packets};
        auto trace = test::trace_of(text);
        trace.source = parse<IpAddress>(is_a ? "192.0.2.1" : "192.0.2.2").value();
        trace.took_us = 2'000'000;
        return trace;
    }

    /// What b tells in a round of its own at `at`, of a round of a at `of`.
    static Trace telling(Timestamp at, Timestamp of, std::uint32_t arrived,
                         seconds listened = seconds(60)) {
        auto trace = round("b", at);
        auto const end = at + microseconds(trace.took_us);
        trace.heard = Heard{
            .listened_ms = static_cast<std::uint32_t>(milliseconds(listened).count()), .flows = {}};
        for (auto const port : {Port{24'000}, Port{24'001}}) {
            auto const ago = std::chrono::duration_cast<milliseconds>(end - of);
            trace.heard->flows.push_back({.method = Method::udp,
                                          .source_port = port,
                                          .destination_port = Port{33'434},
                                          .icmp_checksum = {},
                                          .ago_ms = static_cast<std::uint32_t>(ago.count()),
                                          .packets = arrived});
        }
        return trace;
    }

    void add(Trace const& trace) { window.add(trace, trace.started_at + seconds(10)); }

    /// Of a to b: sent and arrived, as far as it was counted.
    [[nodiscard]] analysis::ArrivalCounts counted() const {
        analysis::ArrivalCounts sum;
        for (auto const& path : window.evidence().paths()) {
            sum.rounds += path.counted.rounds;
            sum.sent += path.counted.sent;
            sum.arrived += path.counted.arrived;
        }
        return sum;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(arrivals)

BOOST_AUTO_TEST_CASE(visits_are_told_before_the_end_of_the_trace) {
    auto const told = listening_of(TwoProbes::telling(noon, noon - seconds(30), 9));
    BOOST_REQUIRE(told.has_value());
    BOOST_TEST((told->until == noon + seconds(2) - heard_settled));
    BOOST_TEST((told->from == noon - seconds(58)));
    BOOST_REQUIRE(told->visits.size() == 2U);
    BOOST_TEST((told->visits[0].at == noon - seconds(30)));
    BOOST_TEST(told->visits[0].flow ==
               analysis::flow_header(Method::udp, Port{24'000}, Port{33'434}, {}));
    BOOST_TEST(!listening_of(TwoProbes::round("b", noon)).has_value());
}

BOOST_AUTO_TEST_CASE(a_round_is_wholly_within_what_was_listened_to) {
    auto const whole = heard_between(0, 60);
    BOOST_TEST(arrivals_of(round_of(1, 59), {&whole}).has_value());
    BOOST_TEST(!arrivals_of(round_of(0, 59), {&whole}).has_value());
    BOOST_TEST(!arrivals_of(round_of(1, 60), {&whole}).has_value());
    BOOST_TEST(!arrivals_of(round_of(1, 59), {}).has_value());
}

BOOST_AUTO_TEST_CASE(what_was_heard_in_parts_counts_together) {
    auto const first = heard_between(0, 30, {{some_flow, noon + seconds(29), 2}});
    auto const second = heard_between(30, 60, {{some_flow, noon + seconds(30), 1}});
    auto const arrived = arrivals_of(round_of(28, 32), {&second, &first});
    BOOST_REQUIRE(arrived.has_value());
    BOOST_TEST(arrived->at(some_flow) == 3U);
    auto const later = heard_between(31, 60);
    BOOST_TEST(!arrivals_of(round_of(28, 32), {&first, &later}).has_value());
}

BOOST_AUTO_TEST_CASE(what_was_heard_at_another_time_is_of_another_round) {
    auto const all = heard_between(0, 60,
                                   {{some_flow, noon + seconds(8), 1},
                                    {some_flow, noon + seconds(9), 2},
                                    {some_flow, noon + seconds(13), 4},
                                    {some_flow, noon + seconds(14), 8}});
    auto const arrived = arrivals_of(round_of(10, 12), {&all});
    BOOST_REQUIRE(arrived.has_value());
    BOOST_TEST(arrived->at(some_flow) == 6U);
}

BOOST_FIXTURE_TEST_CASE(rounds_and_counts_are_joined_in_any_order, TwoProbes) {
    auto const sent = round("a", noon, 8);
    auto const told = telling(noon + seconds(40), noon, 9);
    for (bool const told_first : {false, true}) {
        window = EvidenceWindow({});
        add(told_first ? told : sent);
        add(told_first ? sent : told);
        BOOST_TEST(window.counted() == 1U);
        BOOST_TEST(counted().sent == 20U);
        BOOST_TEST(counted().arrived == 18U);
    }
}

BOOST_FIXTURE_TEST_CASE(what_is_not_told_of_yet_stays_as_it_is, TwoProbes) {
    add(round("a", noon));
    add(telling(noon + seconds(40), noon, 10));
    add(round("a", noon + seconds(60)));
    BOOST_TEST(window.counted() == 1U);
    BOOST_TEST(counted().sent == 20U);
    add(telling(noon + seconds(100), noon + seconds(60), 10));
    BOOST_TEST(window.counted() == 2U);
}

BOOST_FIXTURE_TEST_CASE(counts_that_contradict_each_other_are_left_out, TwoProbes) {
    add(round("a", noon, 8));
    add(telling(noon + seconds(20), noon, 7));  // fewer than were answered
    add(round("a", noon + seconds(60), 8));
    add(telling(noon + seconds(80), noon + seconds(60), 11));  // more than were sent
    add(round("a", noon + seconds(120), 8));
    add(telling(noon + seconds(140), noon + seconds(110), 10));  // by another clock
    BOOST_TEST(window.counted() == 0U);
    BOOST_TEST(window.contradicted() == 3U);
    BOOST_TEST(counted().sent == 0U);
}

BOOST_FIXTURE_TEST_CASE(counts_leave_the_window_with_their_rounds, TwoProbes) {
    add(round("a", noon, 8));
    add(telling(noon + seconds(40), noon, 9));
    add(round("a", noon + seconds(60), 8));
    add(telling(noon + seconds(100), noon + seconds(60), 10));
    window.slide(noon + seconds(30) + std::chrono::minutes(10));
    BOOST_TEST(window.counted() == 1U);
    BOOST_TEST(counted().sent == 20U);
    BOOST_TEST(counted().arrived == 20U);
    window.slide(noon + std::chrono::hours(1));  // begins anew
    BOOST_TEST(window.counted() == 0U);
    BOOST_TEST(counted().rounds == 0U);
    add(round("a", noon + std::chrono::hours(1)));
    BOOST_TEST(window.evidence().paths().size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_part_of_the_window_keeps_its_counts, TwoProbes) {
    add(round("a", noon, 8));
    add(telling(noon + seconds(40), noon, 9));
    auto const part = window.evidence_of(noon, noon + seconds(1));
    BOOST_REQUIRE(part.paths().size() == 2U);
    BOOST_TEST(part.paths()[0].counted.arrived == 9U);
    BOOST_TEST(part.paths()[0].hops.back().sent == 0U);
}

/// The last link of a, of which nobody else could tell.
BOOST_FIXTURE_TEST_CASE(a_verdict_of_the_window_uses_them, TwoProbes) {
    for (int minute = 0; minute < 10; ++minute) {
        auto const at = noon + std::chrono::minutes(minute);
        add(round("a", at, 5));
        add(telling(at + seconds(40), at, 7));
    }
    auto const judged = judge_window(window, {});
    BOOST_REQUIRE_MESSAGE(judged.accused.size() == 1U, judged.verdict.summary);
    auto const& culprit = judged.accused[0].culprit;
    BOOST_TEST(analysis::describe(culprit.segment) == "10.0.1.1 → 192.0.2.2");
    BOOST_TEST((culprit.direction == analysis::Direction::forward));
    BOOST_TEST(culprit.loss.low < 0.3);
    BOOST_TEST(culprit.loss.high > 0.3);
    BOOST_TEST(culprit.loss.high < 0.4);
}

BOOST_AUTO_TEST_SUITE_END()
