#include "ingest/probe_activity.hpp"

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using dtrace::master::ProbeActivity;

BOOST_AUTO_TEST_SUITE(probe_activity)

namespace {

TimePoint const start{std::chrono::hours(1)};

ProbeActivity::Seen see(ProbeActivity& activity, TimePoint now,
                        std::string_view agent = "dtrace-node/0.1.0") {
    return activity.saw("a", {.address = boost::asio::ip::make_address("192.0.2.1"),
                              .user_agent = agent,
                              .now = now,
                              .wall_clock = Timestamp(seconds(1'700'000'000))});
}

}  // namespace

BOOST_AUTO_TEST_CASE(who_was_seen_is_known) {
    ProbeActivity activity;
    BOOST_TEST(!activity.find("a"));
    BOOST_TEST(!activity.is_online("a", start));
    see(activity, start);
    auto const* seen = activity.find("a");
    BOOST_REQUIRE(seen);
    BOOST_TEST(seen->address.to_string() == "192.0.2.1");
    BOOST_TEST(seen->version == "0.1.0");
    BOOST_TEST((seen->last_seen == Timestamp(seconds(1'700'000'000))));
}

BOOST_AUTO_TEST_CASE(online_is_who_polls_or_came_within_twice_its_wait) {
    ProbeActivity activity;
    see(activity, start)->wait = seconds(50);
    BOOST_TEST(activity.is_online("a", start + seconds(100)));
    BOOST_TEST(!activity.is_online("a", start + seconds(101)));
    {
        ProbeActivity::Poll const poll(see(activity, start));
        BOOST_TEST(activity.is_online("a", start + std::chrono::hours(2)));
    }
    BOOST_TEST(!activity.is_online("a", start + std::chrono::hours(2)));
}

BOOST_AUTO_TEST_CASE(who_polls_is_gone_as_soon_as_it_does_not) {
    ProbeActivity activity;
    BOOST_TEST(!activity.is_there("a", start));
    see(activity, start)->wait = seconds(50);
    BOOST_TEST(activity.is_there("a", start + seconds(100)));
    {
        ProbeActivity::Poll const poll(see(activity, start));
        BOOST_TEST(activity.is_there("a", start + std::chrono::hours(2)));
        BOOST_TEST(activity.polls() == 1U);
    }
    BOOST_TEST(!activity.is_there("a", start));
}

BOOST_AUTO_TEST_CASE(a_version_is_only_what_ours_would_say) {
    ProbeActivity activity;
    BOOST_TEST(see(activity, start, "curl/8.0")->version.empty());
    BOOST_TEST(see(activity, start, "dtrace-node/1.2.3-rc1 (x)")->version == "1.2.3-rc1");
    BOOST_TEST(see(activity, start, "dtrace-node/<script>")->version.empty());
    BOOST_TEST(see(activity, start, "dist-traceroute/2019-08")->version ==
               "dist-traceroute/2019-08");
    BOOST_TEST(see(activity, start, "dist-traceroute/<b>")->version == "dist-traceroute/");
    BOOST_TEST(see(activity, start, "dtrace-node/" + std::string(500, '9'))->version.size() == 40U);
}

BOOST_AUTO_TEST_CASE(who_is_no_more_is_forgotten_also_in_the_middle_of_something) {
    ProbeActivity activity;
    {
        ProbeActivity::Poll const poll(see(activity, start));
        activity.keep([](auto const& probe) { return probe == "a"; });
        BOOST_TEST(activity.polls() == 1U);
        activity.keep([](auto const&) { return false; });
        BOOST_TEST(!activity.find("a"));
        BOOST_TEST(activity.polls() == 0U);
    }
    BOOST_TEST(see(activity, start)->polls == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
