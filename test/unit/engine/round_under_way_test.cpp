#include "round_driver.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <vector>

using namespace dtrace;
using namespace dtrace::test;

BOOST_AUTO_TEST_SUITE(rounds_under_way)

BOOST_AUTO_TEST_CASE(a_round_under_way_shows_what_is_known_and_is_not_changed_by_it) {
    auto const script = [](Flow const& flow, Packet p, TimePoint t) {
        if (p.ttl == 4) return std::vector<ScriptedReply>();
        return chain(10, milliseconds(8))(flow, p, t);
    };
    auto const flows = std::vector{flow_to_target()};
    std::vector<std::size_t> lengths;
    auto const look = [&](engine::Round const& round, TimePoint now) {
        auto const so_far = round.so_far({}, now);
        BOOST_TEST((so_far.stop_reason == StopReason::cancelled));
        BOOST_TEST(so_far.packets.sent <= round.sent());
        auto const& hops = so_far.paths.at(0).hops;
        // Who may still answer is not said to be silent.
        for (auto const& each : hops)
            BOOST_TEST((each.ttl == 4 || each.answers.size() == each.sent));
        if (hops.size() > 1) BOOST_TEST(hops.back().sent > 0);
        if (lengths.empty() || lengths.back() != hops.size()) lengths.push_back(hops.size());
    };
    auto const viewed = drive({}, flows, script, microseconds(100), look);
    BOOST_TEST(lengths.size() >= 10U);
    BOOST_TEST(std::ranges::is_sorted(lengths));
    BOOST_TEST(lengths.back() == 11U);
    BOOST_TEST((viewed.trace == drive({}, flows, script).trace));
}

BOOST_AUTO_TEST_CASE(a_remark_about_a_packet_that_is_waited_for_is_no_answer_yet) {
    // One to each packet of the second hop, which nothing else answers.
    auto const script = [&](Flow const& flow, Packet p, TimePoint t) -> std::vector<ScriptedReply> {
        if (p.ttl != 2) return chain(4, milliseconds(1))(flow, p, t);
        return {{microseconds(100), reply_from(router(9), ReplyKind::other)}};
    };
    std::size_t looks = 0;
    auto const look = [&](engine::Round const& round, TimePoint now) {
        auto const so_far = round.so_far({}, now);
        std::size_t answers = 0;
        for (auto const& each : so_far.paths.at(0).hops) {
            BOOST_TEST(each.answers.size() <= each.sent);
            answers += each.answers.size();
        }
        BOOST_TEST(so_far.packets.answered == answers);
        if (so_far.paths.at(0).hops.size() > 2) ++looks;
    };
    auto const run = drive({}, {flow_to_target()}, script, microseconds(100), look);
    BOOST_TEST(looks > 0U);
    BOOST_TEST(run.trace.paths.at(0).hops.at(1).answers.size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
