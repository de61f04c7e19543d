#include "watch/event_log.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace dtrace;
using namespace dtrace::master;

BOOST_AUTO_TEST_SUITE(event_log)

BOOST_AUTO_TEST_CASE(the_end_of_something_names_its_beginning) {
    auto const event = [](EventKind kind, std::string probe) {
        Event made;
        made.kind = kind;
        made.probes = {std::move(probe)};
        made.subject.target = "host";
        return made;
    };
    EventLog log;
    std::vector<Event> begun{event(EventKind::target_unreachable, "n1"),
                             event(EventKind::target_unreachable, "n2"),
                             event(EventKind::path_changed, "n1")};
    log.stamp(begun, Timestamp(seconds(1)));
    BOOST_TEST(log.open() == 2U);
    EventLog again;
    again.restore({begun.rbegin(), begun.rend()});
    std::vector<Event> ended{event(EventKind::target_reachable, "n2"),
                             event(EventKind::loop_ended, "n1")};
    again.stamp(ended, Timestamp(seconds(1)));
    BOOST_TEST((ended[0].closes == begun[1].id));
    BOOST_TEST(!ended[1].closes.has_value());
    BOOST_TEST((ended[0].id != Uuid{}));
    BOOST_TEST(again.open() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
