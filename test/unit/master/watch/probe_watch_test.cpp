#include "watch/probe_watch.hpp"

#include <boost/test/unit_test.hpp>

#include <iterator>

using namespace dtrace;
using master::ProbeWatch;

namespace {

struct ProbeWatchFixture {
    ProbeWatch watch{seconds(60)};
    TimePoint now{};
    std::vector<Event> events;

    void look(std::vector<ProbeWatch::Sight> const& sights, seconds later = seconds(30)) {
        std::ranges::move(watch.look(sights, now, Timestamp(seconds(1'790'000'000))),
                          std::back_inserter(events));
        now += later;
    }
};

ProbeWatch::Sight const n1_there{"n1", true, true};
ProbeWatch::Sight const n1_away{"n1", false, true};
ProbeWatch::Sight const n1_never_there{"n1", false, false};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(probe_watch, ProbeWatchFixture)

BOOST_AUTO_TEST_CASE(who_is_away_for_long_is_offline_and_comes_back_once) {
    look({n1_there});
    look({n1_away});
    look({n1_away});
    BOOST_TEST(events.empty());
    for (int i = 0; i < 5; ++i)
        look({n1_away});
    BOOST_REQUIRE(events.size() == 1U);
    BOOST_TEST((events[0].kind == EventKind::probe_offline));
    BOOST_TEST((events[0].severity == Severity::warning));
    BOOST_TEST((events[0].probes == std::vector<std::string>{"n1"}));
    BOOST_TEST(events[0].summary == "probe n1 is offline");
    look({n1_there});
    look({n1_there});
    BOOST_REQUIRE(events.size() == 2U);
    BOOST_TEST((events[1].kind == EventKind::probe_online));
}

BOOST_AUTO_TEST_CASE(a_short_absence_is_nothing) {
    for (int i = 0; i < 5; ++i) {
        look({n1_away});
        look({n1_there});
    }
    BOOST_TEST(events.empty());
}

BOOST_AUTO_TEST_CASE(who_was_never_there_has_not_gone) {
    for (int i = 0; i < 9; ++i)
        look({n1_never_there});
    BOOST_TEST(events.empty());
}

BOOST_AUTO_TEST_CASE(a_restart_gives_everybody_time_and_remembers_who_was_gone) {
    watch.restore({"n1"});
    look({n1_away});
    look({n1_away});
    look({n1_away});
    look({n1_away});
    BOOST_TEST(events.empty());
    look({n1_there});
    BOOST_REQUIRE(events.size() == 1U);
    BOOST_TEST((events[0].kind == EventKind::probe_online));
}

BOOST_AUTO_TEST_CASE(who_may_no_longer_log_in_is_not_missed) {
    look({n1_there});
    look({});
    look({}, seconds(600));
    look({n1_away});
    BOOST_TEST(events.empty());
}

BOOST_AUTO_TEST_SUITE_END()
