#include "watch/arrivals.hpp"

#include "watch/judge_window.hpp"

#include <dtrace/analysis/evidence.hpp>

#include <boost/test/unit_test.hpp>

#include <path_text.hpp>

#include <algorithm>
#include <array>
#include <random>
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
        std::string const end = answered > 0 ? target + ":" + std::to_string(answered) : "*";
        std::string const path = (is_a ? "10.0.1.1 " : "10.0.2.1 ") + end;
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
    auto const listening = heard_between(0, 60);
    std::vector const whole{&listening};
    BOOST_TEST(arrivals_of(round_of(1, 59), whole).has_value());
    BOOST_TEST(!arrivals_of(round_of(0, 59), whole).has_value());
    BOOST_TEST(!arrivals_of(round_of(1, 60), whole).has_value());
    BOOST_TEST(!arrivals_of(round_of(1, 59), {}).has_value());
}

BOOST_AUTO_TEST_CASE(what_was_heard_in_parts_counts_together) {
    auto const first = heard_between(0, 30, {{some_flow, noon + seconds(29), 2}});
    auto const second = heard_between(30, 60, {{some_flow, noon + seconds(30), 1}});
    auto const arrived = arrivals_of(round_of(28, 32), std::vector{&first, &second});
    BOOST_REQUIRE(arrived.has_value());
    BOOST_TEST(arrived->at(some_flow) == 3U);
    auto const later = heard_between(31, 60);
    BOOST_TEST(!arrivals_of(round_of(28, 32), std::vector{&first, &later}).has_value());
}

BOOST_AUTO_TEST_CASE(what_was_heard_at_another_time_is_of_another_round) {
    auto const all = heard_between(0, 60,
                                   {{some_flow, noon + seconds(8), 1},
                                    {some_flow, noon + seconds(9), 2},
                                    {some_flow, noon + seconds(13), 4},
                                    {some_flow, noon + seconds(14), 8}});
    auto const arrived = arrivals_of(round_of(10, 12), std::vector{&all});
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

/// Its path was known to reach the target by a round that is not in the part, or is gone.
BOOST_FIXTURE_TEST_CASE(a_round_of_which_nothing_came_back_keeps_its_counts, TwoProbes) {
    RoundText const many{.paths = std::vector<std::string>(10'100, "10.0.3.1"), .at = noon};
    add(test::trace_of(many));
    add(round("a", noon, 8));
    add(round("a", noon + seconds(60), 0));
    add(telling(noon + seconds(100), noon + seconds(60), 4));
    BOOST_TEST(window.counted() == 1U);
    auto const part = window.evidence_of(noon + seconds(60), noon + seconds(61));
    BOOST_REQUIRE(part.paths().size() == 2U);
    BOOST_TEST(part.paths()[0].counted.sent == 10U);
    BOOST_TEST(part.paths()[0].counted.arrived == 4U);

    auto const paths = window.evidence().paths().size();
    window.slide(noon + seconds(30) + std::chrono::minutes(10));
    BOOST_TEST(window.evidence().paths().size() < paths);
    BOOST_TEST(window.traces() == 2U);
    BOOST_TEST(counted().sent == 20U);
    BOOST_TEST(counted().arrived == 8U);
}

BOOST_FIXTURE_TEST_CASE(what_may_be_of_either_of_two_rounds_is_of_none, TwoProbes) {
    auto const first = round("a", noon, 2);
    auto const second = round("a", noon + milliseconds(2900), 2);
    auto const told = telling(noon + seconds(40), noon + milliseconds(2900), 5);
    for (auto const& order :
         {std::array{&first, &second, &told}, std::array{&first, &told, &second},
          std::array{&told, &second, &first}}) {
        window = EvidenceWindow({});
        for (auto const* const each : order)
            add(*each);
        BOOST_TEST(window.counted() == 0U);
        BOOST_TEST(window.contradicted() == 2U);
        BOOST_TEST(counted().rounds == 0U);
    }
    window = EvidenceWindow({});
    auto of_others = round("a", noon + milliseconds(2900), 2);
    for (auto& path : of_others.paths)
        path.source_port = static_cast<Port>(path.source_port.value() + 100);
    add(first);
    add(of_others);
    add(telling(noon + seconds(40), noon, 5));
    BOOST_TEST(window.counted() == 1U);
}

/// Nobody tells of the newest rounds any more: what arrived before says nothing of them.
BOOST_FIXTURE_TEST_CASE(counts_are_left_out_while_they_are_behind, TwoProbes) {
    auto const at = [](unsigned minute) { return noon + std::chrono::minutes(minute); };
    for (unsigned minute = 0; minute < 7; ++minute) {
        add(round("a", at(minute)));
        if (minute < 4) add(telling(at(minute) + seconds(40), at(minute), 10));
        window.slide(at(minute) + seconds(50));
        BOOST_TEST(window.counted() == (minute < 6 ? std::min(minute + 1, 4U) : 0U));
    }
    BOOST_TEST(counted().rounds == 0U);
    for (unsigned minute = 4; minute < 7; ++minute)
        add(telling(at(minute) + seconds(40), at(minute), 10));
    window.slide(at(6) + seconds(50));
    BOOST_TEST(window.counted() == 7U);
    BOOST_TEST(counted().rounds == 14U);
    BOOST_TEST(counted().arrived == 140U);
}

BOOST_FIXTURE_TEST_CASE(what_arrived_before_does_not_hide_a_loss, TwoProbes) {
    constexpr std::size_t flows = 16;
    std::mt19937 random(1);
    for (int minute = 0; minute < 9; ++minute) {
        auto const at = noon + std::chrono::minutes(minute);
        for (std::string const target : {"192.0.2.2", "198.51.100.9"}) {
            RoundText text{.paths = std::vector<std::string>(flows, "10.0.0.1 10.0.0.2"),
                           .target = target,
                           .sent = packets};
            for (auto& path : text.paths)
                for (std::string const& hop :
                     {std::string("10.0.0.3"), std::string("10.0.0.4"), std::string("10.0.0.5"),
                      std::string("10.0.0.6"), target}) {
                    int lost = 0;
                    for (int packet = 0; packet < packets && minute >= 6; ++packet)
                        lost += random() % 5 < 2 ? 1 : 0;
                    path += " " + hop + ":" + std::to_string(packets - lost);
                }
            auto sent = round("a", at);
            auto const seen = test::trace_of(text);
            sent.paths = seen.paths;
            sent.target = seen.target;
            add(sent);
        }
        auto told = telling(at + seconds(40), at, packets);
        for (auto visit = told.heard->flows.front(); told.heard->flows.size() < flows;) {
            visit.source_port = static_cast<Port>(24'000 + told.heard->flows.size());
            told.heard->flows.push_back(visit);
        }
        if (minute < 6) add(told);
        window.slide(at + seconds(50));
    }
    BOOST_TEST(window.contradicted() == 0U);
    auto const judged = judge_window(window, {});
    BOOST_REQUIRE_MESSAGE(judged.accused.size() == 1U, judged.verdict.summary);
    BOOST_TEST(analysis::describe(judged.accused[0].culprit.segment) == "10.0.0.2 → 10.0.0.3");
    BOOST_TEST(!judged.accused[0].culprit.counted);
}

BOOST_FIXTURE_TEST_CASE(the_newest_rounds_of_two_addresses_are_joined, TwoProbes) {
    for (Port number = 0; number < 1'200; ++number) {
        auto sent = round("a", noon);
        for (std::size_t flow = 0; flow < sent.paths.size(); ++flow)
            sent.paths[flow].source_port = static_cast<Port>(30'000 + 2 * number + flow);
        add(sent);
    }
    add(telling(noon + seconds(40), noon, 10));
    BOOST_TEST(window.contradicted() == 1'000U);  // nothing of their flows was heard
}

BOOST_AUTO_TEST_CASE(what_is_heard_throws_no_round_out) {
    EvidenceWindow window({.most_flows = 10});
    auto const add = [&](Trace trace) {
        if (trace.heard) {
            auto const flows = trace.heard->flows;
            for (int more = 0; more < 2; ++more)
                trace.heard->flows.insert(trace.heard->flows.end(), flows.begin(), flows.end());
        }
        window.add(trace, trace.started_at + seconds(10));
    };
    add(TwoProbes::telling(noon + seconds(40), noon, 3));
    add(TwoProbes::round("a", noon + seconds(60)));
    add(TwoProbes::telling(noon + seconds(100), noon + seconds(60), 3));  // 12 visits
    BOOST_TEST(window.traces() == 3U);
    add(TwoProbes::round("a", noon, 8));  // of which nothing is known any more
    BOOST_TEST(window.counted() + window.contradicted() == 1U);
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
