#include <dtrace/analysis/change_watch.hpp>
#include <dtrace/analysis/reach_change.hpp>

#include <boost/test/unit_test.hpp>

#include <path_text.hpp>

#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::analysis;
using namespace dtrace::test;

BOOST_AUTO_TEST_SUITE(reach_change)

namespace {

std::string const good = "10.0.0.1 10.0.0.2 198.51.100.9";
std::string const dead = "10.0.0.1 10.0.0.2 * * * * *";
std::string const round_and_round = "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.2 10.0.0.3 10.0.0.2";

struct Play {
    ReachChange detector;
    Timestamp now{seconds(1'790'000'000)};
    std::vector<Event> events{};

    void rounds(int count, std::string const& path) {
        for (int i = 0; i < count; ++i)
            feed(trace_of({.paths = {path}, .at = now}));
    }
    void feed(Trace const& trace) {
        for (auto& event : detector.feed(trace))
            events.push_back(std::move(event));
        now += std::chrono::minutes(1);
    }
    std::vector<EventKind> kinds() const {
        std::vector<EventKind> all;
        for (auto const& event : events)
            all.push_back(event.kind);
        return all;
    }
};

using Kinds = std::vector<EventKind>;

}  // namespace

BOOST_AUTO_TEST_CASE(a_target_that_falls_silent_and_comes_back) {
    Play play;
    play.rounds(3, good);
    auto const gone = play.now;
    play.rounds(5, dead);
    play.rounds(3, good);
    BOOST_TEST((play.kinds() == Kinds{EventKind::target_unreachable, EventKind::target_reachable}));
    BOOST_TEST((play.events[0].at == gone));
    BOOST_TEST((play.events[0].severity == Severity::critical));
    BOOST_TEST((play.events[0].after->stop_reason == StopReason::gap_limit));
    BOOST_TEST(play.events[0].summary == "198.51.100.9 does not answer any more to n1");
}

BOOST_AUTO_TEST_CASE(one_lost_round_is_no_event) {
    Play play;
    play.rounds(3, good);
    for (int i = 0; i < 5; ++i) {
        play.rounds(1, dead);
        play.rounds(1, good);
    }
    BOOST_TEST(play.events.empty());
}

BOOST_AUTO_TEST_CASE(a_target_that_never_answered_is_not_told_of) {
    Play play;
    play.rounds(10, dead);
    BOOST_TEST(play.events.empty());
    play.rounds(3, good);
    play.rounds(3, dead);
    BOOST_TEST((play.kinds() == Kinds{EventKind::target_unreachable}));
}

BOOST_AUTO_TEST_CASE(a_name_that_does_not_resolve_says_nothing_of_the_target) {
    Play play;
    play.rounds(3, good);
    for (int i = 0; i < 5; ++i) {
        auto failed = trace_of({.paths = {}, .at = play.now});
        failed.stop_reason = StopReason::error;
        play.feed(failed);
    }
    BOOST_TEST(play.events.empty());
}

BOOST_AUTO_TEST_CASE(a_loop_begins_and_ends) {
    Play play;
    play.rounds(3, good);
    play.rounds(4, round_and_round);
    play.rounds(3, good);
    Kinds const expected{EventKind::target_unreachable, EventKind::loop_began,
                         EventKind::target_reachable, EventKind::loop_ended};
    BOOST_TEST((play.kinds() == expected));
    BOOST_TEST((play.events[1].subject.link == EventLink{"10.0.0.3", "10.0.0.2"}));
}

BOOST_AUTO_TEST_CASE(a_router_that_answers_at_two_ttls_is_no_loop) {
    Play play;
    play.rounds(10, "10.0.0.1 10.0.0.1 10.0.0.2 * * *");
    play.rounds(10, "10.0.0.1|10.0.0.2 10.0.0.3 10.0.0.1|10.0.0.2 * * *");
    BOOST_TEST(play.events.empty());
}

BOOST_AUTO_TEST_CASE(a_kind_that_was_never_met_is_told_once) {
    Play play;
    play.rounds(5, good);
    auto const refused = [&] {
        auto trace = trace_of({.paths = {"10.0.0.1 10.0.0.2 198.51.100.9"}, .at = play.now});
        trace.paths[0].hops[1].answers[0].kind = ReplyKind::prohibited;
        trace.paths[0].hops[1].answers[0].name = "r2.example";
        return trace;
    };
    play.feed(refused());
    BOOST_TEST(play.events.empty());
    for (int i = 0; i < 5; ++i)
        play.feed(refused());
    BOOST_REQUIRE((play.kinds() == Kinds{EventKind::hop_kind_new}));
    auto const& event = play.events[0];
    BOOST_TEST((event.severity == Severity::warning));
    BOOST_TEST(to_text(event.subject.router.value()) == "10.0.0.2");
    BOOST_TEST(event.before->kinds->size() == 2U);
    BOOST_TEST(event.after->kinds->size() == 3U);
    BOOST_TEST(event.summary == "r2.example answers prohibited on the way from n1 to 198.51.100.9");
}

BOOST_AUTO_TEST_CASE(the_watch_keeps_series_apart_and_forgets_the_oldest) {
    ChangeWatch watch({.series = 100, .flows = 1000});
    Timestamp now(seconds(1'790'000'000));
    std::vector<Event> events;
    for (int round = 0; round < 6; ++round, now += std::chrono::minutes(1)) {
        for (auto const* probe : {"n1", "n2"})
            for (auto& event : watch.feed(
                     trace_of({.paths = {round > 2 && probe == std::string("n2") ? dead : good},
          .at = now,
          .probe = probe})))
                events.push_back(std::move(event));
    }
    BOOST_REQUIRE(events.size() == 1U);
    BOOST_TEST(events[0].probes.at(0) == "n2");
    for (int i = 0; i < 1000; ++i)
        (void)watch.feed(
            trace_of({.paths = {good}, .at = now + seconds(i), .measurement = std::to_string(i)}));
    BOOST_TEST(watch.series() <= 100U);
    BOOST_TEST(watch.series() >= 80U);
}

BOOST_AUTO_TEST_SUITE_END()
