#include <dtrace/analysis/path_change.hpp>

#include <boost/test/unit_test.hpp>

#include <path_text.hpp>

#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::analysis;
using namespace dtrace::test;
using Paths = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(path_change)

namespace {

/// Plays rounds, one each minute.
struct Play {
    PathChange detector;
    Timestamp now{seconds(1'790'000'000)};
    std::vector<Event> events{};
    Port first_port = 24'000;

    void rounds(int count, std::function<Paths(int)> const& paths) {
        for (int i = 0; i < count; ++i) {
            RoundText text{.paths = paths(i), .at = now, .first_port = first_port};
            if (auto event = detector.feed(trace_of(text))) events.push_back(std::move(*event));
            now += std::chrono::minutes(1);
        }
    }
    void rounds(int count, Paths const& paths) {
        rounds(count, [&](int) { return paths; });
    }
};

std::string const by_2 = "10.0.0.1 10.0.0.2 10.0.0.3 198.51.100.9";
std::string const by_5 = "10.0.0.1 10.0.0.5 10.0.0.3 198.51.100.9";

std::string branch(int number) {
    return "10.0.0.1 10.0.1." + std::to_string(number) + " 10.0.0.3 198.51.100.9";
}

/// So many flows over so many branches, as a hash with this seed would place them.
Paths balanced(int flows, int branches, unsigned seed, std::function<bool(int)> const& works = {}) {
    std::mt19937 random(seed);
    Paths paths;
    while (static_cast<int>(paths.size()) < flows)
        if (int const number = static_cast<int>(random() % static_cast<unsigned>(branches));
            !works || works(number))
            paths.push_back(branch(number));
    return paths;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_flow_that_moves_has_changed_its_path) {
    Play play;
    play.rounds(5, {by_2});
    auto const moved = play.now;
    play.rounds(3, {by_5});
    BOOST_REQUIRE(play.events.size() == 1U);
    auto const& event = play.events[0];
    BOOST_TEST((event.kind == EventKind::path_changed));
    BOOST_TEST((event.at == moved));
    BOOST_TEST(event.probes.at(0) == "n1");
    BOOST_TEST(event.evidence.rounds == 2U);
    BOOST_TEST(event.evidence.traces.size() == 2U);
    std::vector<LinkShare> const before{{"10.0.0.1", "10.0.0.2", 1}, {"10.0.0.2", "10.0.0.3", 1}};
    std::vector<LinkShare> const after{{"10.0.0.1", "10.0.0.5", 1}, {"10.0.0.5", "10.0.0.3", 1}};
    BOOST_TEST((event.before->links.value() == before));
    BOOST_TEST((event.after->links.value() == after));
    BOOST_TEST(event.summary ==
               "path from n1 to 198.51.100.9 changed: 1 of 1 flow left 2 links, took 2 others");
}

BOOST_AUTO_TEST_CASE(one_odd_round_is_no_change) {
    Play play;
    play.rounds(5, {by_2});
    play.rounds(1, {by_5});
    play.rounds(5, {by_2});
    BOOST_TEST(play.events.empty());
}

BOOST_AUTO_TEST_CASE(silent_hops_are_wild_cards) {
    Play play;
    play.rounds(4, {by_2});
    for (auto const* path :
         {"10.0.0.1 * 10.0.0.3 198.51.100.9", "* 10.0.0.2 * 198.51.100.9", "10.0.0.1 10.0.0.2 * *",
          "* * * *", "10.0.0.1 10.0.0.2 10.0.0.3 198.51.100.9"})
        play.rounds(3, {path});
    BOOST_TEST(play.events.empty());
}

BOOST_AUTO_TEST_CASE(a_hop_that_begins_to_answer_is_no_change) {
    Play play;
    play.rounds(5, {"10.0.0.1 * 10.0.0.3 198.51.100.9"});
    play.rounds(3, {by_2});
    BOOST_TEST(play.events.empty());
    // From then on it is known.
    play.rounds(3, {by_5});
    BOOST_TEST(play.events.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_longer_or_shorter_way_is_a_change) {
    Play play;
    play.rounds(5, {by_2});
    play.rounds(2, {"10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 198.51.100.9"});
    BOOST_TEST(play.events.size() == 1U);
    play.rounds(20, {by_2});
    BOOST_TEST(play.events.size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_is_cut_off_behind_has_not_changed) {
    Play play;
    play.rounds(5, {by_2});
    play.rounds(30, {"10.0.0.1 10.0.0.2 * * * *"});
    play.rounds(5, {by_2});
    BOOST_TEST(play.events.empty());
}

BOOST_AUTO_TEST_CASE(flows_hashed_anew_over_known_branches_are_no_change) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        Play play;
        play.rounds(5, balanced(16, 4, seed));
        play.rounds(5, balanced(16, 4, seed + 1000));
        BOOST_TEST(play.events.empty(), seed);
    }
}

BOOST_AUTO_TEST_CASE(flows_hashed_anew_may_show_branches_that_were_hidden) {
    int told = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
        Play play;
        play.rounds(5, balanced(16, 16, seed));
        play.rounds(5, balanced(16, 16, seed + 1000));
        told += static_cast<int>(play.events.size());
    }
    // Where nearly all flows meet new branches nothing tells it from a new set of routers.
    BOOST_TEST(told <= 40);
}

BOOST_AUTO_TEST_CASE(a_branch_that_fails_is_a_change) {
    int told = 0;
    for (unsigned seed = 0; seed < 100; ++seed) {
        auto const before = balanced(16, 4, seed);
        auto after = before;
        for (std::size_t i = 0; i < after.size(); ++i)
            if (before[i] == branch(0)) after[i] = branch(1 + static_cast<int>(i % 3));
        Play play;
        play.rounds(5, before);
        play.rounds(5, after);
        if (play.events.size() == 1) {
            ++told;
            BOOST_TEST(play.events[0].before->links->at(0).to == "10.0.1.0");
        }
    }
    BOOST_TEST(told >= 95);
}

BOOST_AUTO_TEST_CASE(a_new_branch_for_some_flows_is_a_change) {
    auto const before = balanced(16, 4, 1);
    auto after = before;
    after[3] = after[7] = branch(9);
    Play play;
    play.rounds(5, before);
    play.rounds(5, after);
    BOOST_REQUIRE(play.events.size() == 1U);
    BOOST_TEST(play.events[0].after->links->size() == 2U);
    BOOST_TEST(play.events[0].after->links->at(0).share == 0.125);
}

BOOST_AUTO_TEST_CASE(all_flows_on_other_routers_are_a_change) {
    Play play;
    play.rounds(5, balanced(16, 4, 1));
    Paths const other(16, "10.0.0.1 10.0.2.1 10.0.0.3 198.51.100.9");
    play.rounds(5, other);
    BOOST_TEST(play.events.size() == 1U);
}

BOOST_AUTO_TEST_CASE(balancing_by_packet_is_no_change) {
    for (unsigned seed = 0; seed < 50; ++seed) {
        std::mt19937 random(seed);
        auto const pick = [&] { return "10.0.1." + std::to_string(random() % 4); };
        Play play;
        play.rounds(60, [&](int) {
            return Paths{"10.0.0.1 " + pick() + "|" + pick() + "|" + pick() +
                         " 10.0.0.3 198.51.100.9"};
        });
        BOOST_TEST(play.events.empty(), seed);
    }
}

BOOST_AUTO_TEST_CASE(more_flows_than_usual_only_teach) {
    Play play;
    play.rounds(5, {branch(0)});
    auto burst = balanced(64, 4, 3);
    burst[0] = branch(0);
    play.rounds(2, burst);
    play.rounds(5, {branch(0)});
    BOOST_TEST(play.events.empty());
}

BOOST_AUTO_TEST_CASE(other_ports_only_teach) {
    Play play;
    play.rounds(5, {by_2});
    play.first_port = 30'000;
    play.rounds(5, {by_5});
    BOOST_TEST(play.events.empty());
    play.rounds(2, {by_2});
    BOOST_TEST(play.events.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_route_that_flaps_is_told_rarely) {
    Play play;
    play.rounds(5, {by_2});
    play.rounds(120, [](int i) { return Paths{i / 3 % 2 == 0 ? by_5 : by_2}; });
    BOOST_TEST(!play.events.empty());
    BOOST_TEST(play.events.size() <= 6U);
}

BOOST_AUTO_TEST_CASE(a_change_back_is_told_after_the_quiet_time) {
    Play play;
    play.rounds(5, {by_2});
    play.rounds(4, {by_5});
    play.rounds(20, {by_2});
    BOOST_TEST(play.events.size() == 2U);
}

BOOST_AUTO_TEST_CASE(rounds_that_come_late_or_failed_are_left_out) {
    Play play;
    play.rounds(5, {by_2});
    auto late = trace_of({.paths = {by_5}, .at = play.now - std::chrono::hours(1)});
    auto failed = trace_of({.paths = {by_5}, .at = play.now});
    failed.stop_reason = StopReason::cancelled;
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(!play.detector.feed(late).has_value());
        BOOST_TEST(!play.detector.feed(failed).has_value());
    }
}

BOOST_AUTO_TEST_CASE(memory_is_bounded) {
    PathChange detector({.most_flows = 8});
    (void)detector.feed(trace_of({.paths = balanced(64, 4, 1)}));
    BOOST_TEST(detector.flows() == 8U);
}

BOOST_AUTO_TEST_SUITE_END()
