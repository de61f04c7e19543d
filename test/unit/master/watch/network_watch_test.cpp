#include "watch/network_watch.hpp"

#include <boost/test/unit_test.hpp>

#include <path_text.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace dtrace;
using namespace dtrace::master;
using namespace dtrace::test;

namespace {

Timestamp const start(seconds(1'790'000'000));

/// Rounds of three probes over a core in which 10.0.0.7 > 10.0.0.8 loses a share of the packets;
/// the way by 10.0.0.9 does not.
struct Rounds {
    std::mt19937 random{7};
    double loss = 0;
    double access_loss = 0;  ///< of what probe 1 sends

    std::string answers(std::string const& address, bool behind, int probe) {
        double const passing = (behind ? 1 - loss : 1) * (probe == 1 ? 1 - access_loss : 1);
        if (!behind && passing == 1) return address;
        std::binomial_distribution<int> answered(20, passing);
        auto const count = answered(random);
        return count == 0 ? "*" : address + ":" + std::to_string(count);
    }

    Trace round(int probe, Timestamp at) {
        RoundText text{.paths = {},
                       .at = at,
                       .probe = "n" + std::to_string(probe),
                       .target = "198.51.100." + std::to_string(1 + probe % 2),
                       .sent = 20};
        text.measurement = text.target;
        for (int flow = 0; flow < 8; ++flow) {
            bool const lossy = flow % 2 == 0;
            std::string path;
            for (auto const& [address, behind] : std::vector<std::pair<std::string, bool>>{
                     {"10.0." + std::to_string(probe) + ".1", false},
                     {"10.0.0.1", false},
                     {lossy ? "10.0.0.7" : "10.0.0.9", false},
                     {"10.0.0.8", lossy},
                     {"10.0.0.2", lossy},
                     {text.target, lossy}})
                path += answers(address, behind, probe) + " ";
            text.paths.push_back(path);
        }
        return trace_of(text);
    }
};

struct NetworkWatchFixture {
    WatchOptions options;
    NetworkWatch watch{options};
    Rounds rounds;
    Timestamp now = start;
    NetworkWatch::Findings found{};

    void minutes(int count) {
        for (int i = 0; i < count; ++i) {
            for (int probe = 1; probe <= 3; ++probe)
                watch.study({rounds.round(probe, now)}, now, found);
            now += std::chrono::minutes(1);
            watch.judge(now, found);
        }
    }
    std::vector<Event> events(EventKind kind) const {
        std::vector<Event> some;
        std::ranges::copy_if(found.events, std::back_inserter(some),
                             [&](auto const& event) { return event.kind == kind; });
        return some;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(network_watch, NetworkWatchFixture)

BOOST_AUTO_TEST_CASE(a_network_without_loss_has_no_events) {
    minutes(15);
    BOOST_TEST(found.events.empty());
    BOOST_TEST(found.bursts.empty());
    BOOST_TEST((watch.verdict()->verdict == analysis::Verdict::clean), watch.verdict()->summary);
    BOOST_TEST(watch.verdict()->probes == 3U);
}

BOOST_AUTO_TEST_CASE(a_lossy_link_is_named_and_acquitted_again) {
    minutes(5);
    rounds.loss = 0.1;
    minutes(12);
    auto const opened = events(EventKind::culprit_opened);
    BOOST_REQUIRE_MESSAGE(opened.size() == 1U, watch.verdict()->summary);
    BOOST_TEST((opened[0].subject.link == EventLink{"10.0.0.7", "10.0.0.8"}));
    BOOST_TEST(opened[0].probes.size() == 3U);
    auto const& record = found.culprits.back();
    BOOST_TEST(record.loss.low < 0.1);
    BOOST_TEST(record.loss.high > 0.08);
    rounds.loss = 0;
    minutes(20);
    auto const closed = events(EventKind::culprit_closed);
    BOOST_REQUIRE(closed.size() == 1U);
    BOOST_TEST((closed[0].closes == opened[0].id));
    BOOST_TEST(found.events.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_lossy_access_is_named_alone_and_acquitted_again) {
    minutes(5);
    rounds.access_loss = 0.2;
    minutes(6);
    auto const opened = events(EventKind::culprit_opened);
    BOOST_REQUIRE_MESSAGE(opened.size() == 1U, watch.verdict()->summary);
    BOOST_TEST((opened[0].subject.link == EventLink{"probe n1", "10.0.1.1"}));
    BOOST_TEST((opened[0].probes == std::vector<std::string>{"n1"}));
    auto const& record = found.culprits.back();
    BOOST_TEST((record.access == "n1"));
    BOOST_TEST(record.loss.low < 0.22);
    BOOST_TEST(record.loss.high > 0.18);
    BOOST_TEST((record.first_seen - start >= std::chrono::minutes(4)));
    BOOST_TEST((record.first_seen - start <= std::chrono::minutes(6)));
    BOOST_TEST((watch.verdict()->verdict == analysis::Verdict::culprit));
    BOOST_TEST(watch.verdict()->access.size() == 1U);
    rounds.access_loss = 0;
    minutes(8);
    auto const closed = events(EventKind::culprit_closed);
    BOOST_REQUIRE_MESSAGE(closed.size() == 1U, watch.verdict()->summary);
    BOOST_TEST((closed[0].closes == opened[0].id));
    BOOST_TEST(closed[0].before->loss->high > 0.18);
    BOOST_TEST(watch.verdict()->access.size() == 0U);
    minutes(12);
    BOOST_TEST((watch.verdict()->verdict == analysis::Verdict::clean), watch.verdict()->summary);
    BOOST_TEST(events(EventKind::culprit_opened).size() == 1U);
}

BOOST_AUTO_TEST_CASE(its_loss_is_that_of_the_time_since_it_began) {
    int covered = 0;
    int told = 0;
    int verdicts = 0;
    for (unsigned seed = 1; seed <= 20; ++seed) {
        NetworkWatchFixture play;
        play.rounds.random.seed(seed);
        play.minutes(7);
        auto const began = play.now;
        play.rounds.loss = 0.2;
        play.minutes(2);
        for (int minute = 0; minute < 4; ++minute, ++verdicts) {
            play.minutes(1);
            auto const& record = play.found.culprits.back();
            if (record.loss.low <= 0.2 && 0.2 <= record.loss.high) ++covered;
            auto const& summary = play.watch.verdict()->summary;
            auto const said = std::to_string(std::lround(100 * record.loss.estimate));
            BOOST_TEST(summary.find("loses " + said + " %") != std::string::npos, summary);
            if (std::chrono::abs(record.first_seen - began) <= std::chrono::minutes(1)) ++told;
        }
    }
    BOOST_TEST(covered >= 0.9 * verdicts, covered << " of " << verdicts);
    BOOST_TEST(told == verdicts);
}

BOOST_AUTO_TEST_CASE(what_it_lost_stays_when_it_is_over) {
    minutes(4);
    rounds.loss = 0.2;
    minutes(4);
    rounds.loss = 0;
    minutes(6);
    auto const closed = events(EventKind::culprit_closed);
    BOOST_REQUIRE(closed.size() == 1U);
    BOOST_TEST((closed[0].at - start <= std::chrono::minutes(12)));
    BOOST_TEST(closed[0].before->loss->low < 0.2);
    BOOST_TEST(closed[0].before->loss->high > 0.2);
    BOOST_TEST((watch.verdict()->verdict != analysis::Verdict::culprit), watch.verdict()->summary);
    BOOST_TEST(watch.open_culprits() == 0U);
    // It does not come back while the window still has it.
    minutes(12);
    BOOST_TEST(events(EventKind::culprit_opened).size() == 1U);
    BOOST_TEST((watch.verdict()->verdict == analysis::Verdict::clean));
}

BOOST_AUTO_TEST_CASE(a_culprit_has_the_names_of_its_routers) {
    rounds.loss = 0.1;
    minutes(3);
    auto named = rounds.round(1, now);
    for (auto& hop : named.paths[0].hops)
        for (auto& answer : hop.answers)
            answer.name = "r" + to_text(answer.from);
    watch.study({named}, now, found);
    minutes(3);
    auto const& record = found.culprits.back();
    BOOST_TEST(record.names == (std::map<std::string, std::string>{{"10.0.0.7", "r10.0.0.7"},
                                                                   {"10.0.0.8", "r10.0.0.8"}}));
}

BOOST_AUTO_TEST_CASE(loss_orders_bursts_from_those_who_share_it) {
    rounds.loss = 0.3;
    minutes(1);
    // n1 and n3 measure one target, n2 the other.
    BOOST_TEST(found.bursts.size() == 2U);
    BOOST_TEST(found.bursts.at(make_uuid_from_name("198.51.100.2")).size() == 2U);
    found.bursts.clear();
    minutes(4);
    BOOST_TEST(found.bursts.empty());  // too soon
    watch.study({rounds.round(1, now + std::chrono::minutes(2))}, now + std::chrono::minutes(2),
                found);
    // By now the link is accused, and all probes that cross it are asked.
    BOOST_TEST(found.bursts.size() == 2U);
}

BOOST_AUTO_TEST_CASE(who_measures_the_same_target_helps_a_probe_whose_access_is_accused) {
    rounds.access_loss = 0.2;
    minutes(6);
    BOOST_REQUIRE(events(EventKind::culprit_opened).size() == 1U);
    found.bursts.clear();
    now += std::chrono::minutes(4);
    watch.study({rounds.round(1, now)}, now, found);
    BOOST_TEST((found.bursts.at(make_uuid_from_name("198.51.100.2")) ==
                std::set<std::string, std::less<>>{"n1", "n3"}));
}

BOOST_AUTO_TEST_CASE(a_burst_does_not_order_another) {
    rounds.loss = 0.3;
    auto deep = rounds.round(1, now);
    deep.paths.resize(64, deep.paths.front());
    watch.study({deep}, now, found);
    BOOST_TEST(found.bursts.empty());
}

BOOST_AUTO_TEST_CASE(no_bursts_are_asked_for_where_they_are_not_wanted) {
    options.bursts = false;
    NetworkWatch quiet(options);
    rounds.loss = 0.3;
    quiet.study({rounds.round(1, now)}, now, found);
    BOOST_TEST(found.bursts.empty());
}

BOOST_AUTO_TEST_CASE(what_counts_as_clean_can_be_told) {
    options.clean_below = 0.0005;
    NetworkWatch strict(options);
    strict.study({rounds.round(1, now)}, now, found);
    strict.judge(now, found);
    BOOST_TEST((strict.verdict()->verdict == analysis::Verdict::undecided));
    options.clean_below = 0.1;
    NetworkWatch easy(options);
    easy.study({rounds.round(1, now)}, now, found);
    easy.judge(now, found);
    BOOST_TEST((easy.verdict()->verdict == analysis::Verdict::clean));
    BOOST_TEST(easy.open_culprits() == 0U);
}

BOOST_AUTO_TEST_CASE(a_restart_replays_the_window_in_silence) {
    minutes(5);
    rounds.loss = 0.2;
    std::vector<Trace> replayed;
    for (int i = 0; i < 5; ++i, now += std::chrono::minutes(1))
        for (int probe = 1; probe <= 3; ++probe)
            replayed.push_back(rounds.round(probe, now));
    NetworkWatch again(options);
    again.replay(replayed, now);
    NetworkWatch::Findings fresh;
    again.judge(now, fresh);
    again.judge(now + seconds(15), fresh);
    BOOST_REQUIRE(fresh.events.size() == 1U);
    BOOST_TEST((fresh.events[0].kind == EventKind::culprit_opened));
}

BOOST_AUTO_TEST_CASE(the_window_forgets_what_is_old_and_keeps_its_memory_small) {
    EvidenceWindow window({.length = std::chrono::minutes(10), .most_flows = 1000});
    Timestamp at = start;
    for (int i = 0; i < 6000; ++i, at += seconds(1)) {
        RoundText text{.paths = {"10.0.0.1 198.51.100.9"}, .at = at};
        text.first_port = static_cast<Port>(1000 + i * 8);  // ever new flows
        window.add(trace_of(text), at);
        window.slide(at);
    }
    BOOST_TEST(window.traces() <= 601U);
    BOOST_TEST(window.evidence().paths().size() <= 14'000U);
    std::uint64_t sent = 0;
    for (auto const& path : window.evidence().paths())
        for (auto const& hop : path.hops)
            sent += hop.sent;
    BOOST_TEST(sent == 6 * window.traces());
    window.add(trace_of({.paths = {"10.0.0.1"}, .at = start}), at);  // from long ago
    BOOST_TEST(window.traces() <= 601U);
    window.slide(at + std::chrono::hours(1));
    BOOST_TEST(window.traces() == 0U);
    BOOST_TEST(window.probes().empty());
}

BOOST_AUTO_TEST_CASE(the_window_forgets_from_where_and_what_was_measured) {
    EvidenceWindow window({.length = std::chrono::minutes(10), .most_flows = 1000});
    Timestamp at = start;
    for (std::uint32_t i = 0; i < 20'000; ++i, at += seconds(1)) {
        auto trace = trace_of({.paths = {"10.0.0.1 198.51.100.9"}, .at = at});
        trace.source = IpV4(0x0A000000U + i);
        window.add(trace, at);
        window.slide(at);
    }
    BOOST_TEST(window.probes().at("n1").size() <= 12'500U);
    BOOST_TEST(window.probes().at("n1").contains(IpV4(0x0A000000U + 19'999)));
    BOOST_TEST(window.measuring(parse<IpAddress>("198.51.100.9").value()).size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_window_tidies_up_without_changing_a_count) {
    EvidenceWindow window({.length = seconds(100), .most_flows = 100'000});
    Timestamp at = start;
    for (int i = 0; i < 900; ++i, at += seconds(1)) {
        RoundText text{.paths = std::vector<std::string>(64, "10.0.0.1 * 198.51.100.9:2"),
                       .at = at};
        text.measurement = std::to_string(i);
        text.first_port = static_cast<Port>(1000 + i * 64);
        window.add(trace_of(text), at);
        window.slide(at);
    }
    BOOST_TEST(window.evidence().paths().size() < 900U * 64U);
    std::uint64_t answered = 0;
    for (auto const& path : window.evidence().paths())
        for (auto const& hop : path.hops)
            answered += hop.answered;
    BOOST_TEST(answered == 5 * 64 * window.traces());
    BOOST_TEST(
        window
            .crossing(analysis::Link{{.addresses = {}, .probe = "n1"},
                                     {.addresses = {parse<IpAddress>("198.51.100.9").value()}}})
            .size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_window_finds_rounds_over_the_links_around_a_router) {
    EvidenceWindow window({.length = std::chrono::minutes(10), .most_flows = 1000});
    std::vector<std::string> const over{"10.0.0.1 10.0.0.3 10.0.0.4 198.51.100.9",
                                        "10.0.0.2 10.0.0.3 10.0.0.4 198.51.100.9"};
    auto all = over;
    all.emplace_back("10.0.0.5 10.0.0.3 10.0.0.6 198.51.100.9");
    all.emplace_back("10.0.0.1 10.0.0.7 10.0.0.4 198.51.100.9");  // around the router
    window.add(trace_of({.paths = all, .at = start}), start);
    window.add(trace_of({.paths = {all.back()}, .at = start, .probe = "n2"}), start);
    auto const any_of = [](std::initializer_list<char const*> addresses) {
        analysis::Place made;
        for (auto const* each : addresses)
            made.addresses.push_back(parse<IpAddress>(each).value());
        return made;
    };
    analysis::Culprit culprit;
    culprit.segment = {any_of({"10.0.0.1", "10.0.0.2"}), any_of({"10.0.0.4"})};
    culprit.links = {{any_of({"10.0.0.1"}), any_of({"10.0.0.3"})},
                     {any_of({"10.0.0.2"}), any_of({"10.0.0.3"})},
                     {any_of({"10.0.0.3"}), any_of({"10.0.0.4"})}};
    auto const over_it = window.rounds_over(culprit);
    BOOST_REQUIRE(over_it.size() == 1U);
    auto const counts = window.evidence().paths().front().hops.back();
    BOOST_TEST(over_it[0].sent == over.size() * counts.sent);
    BOOST_TEST(window.crossing(culprit).size() == 1U);
    BOOST_TEST(window.crossing(culprit.segment).size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
