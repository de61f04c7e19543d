#include <dtrace/demo/internet.hpp>
#include <dtrace/demo/topology_resolver.hpp>
#include <dtrace/sim/network.hpp>

#include <boost/test/unit_test.hpp>

#include <io_fixture.hpp>

#include <algorithm>

using namespace dtrace;
using namespace dtrace::test;
namespace asio = boost::asio;

BOOST_AUTO_TEST_SUITE(internet)

BOOST_AUTO_TEST_CASE(a_network_can_be_made_of_it) {
    auto const topology = demo::internet(1);
    auto const fault = sim::find_fault(topology);
    BOOST_TEST(!fault.has_value(), fault.value_or(""));
    BOOST_TEST(sim::probes_of(topology).size() == 3U);
}

BOOST_AUTO_TEST_CASE(loss_begins_after_a_minute_and_ends) {
    auto const events = demo::internet(1).events;
    BOOST_REQUIRE(events.size() >= 4U);
    BOOST_TEST(events[0].at_ms == 60'000U);
    BOOST_TEST(events[0].links.at(0).loss.value() == 0.2);
    BOOST_TEST(events[1].at_ms == 150'000U);
    BOOST_TEST(events[1].links.at(0).loss.value() == 0.0);
    BOOST_TEST(events[2].links.at(0).down.value());
    BOOST_TEST(!events[3].links.at(0).down.value());
    BOOST_TEST(std::ranges::is_sorted(events, {}, &sim::Event::at_ms));
}

BOOST_AUTO_TEST_CASE(pace_divides_the_times) {
    BOOST_TEST(demo::internet(10).events[0].at_ms == 6'000U);
    BOOST_TEST(demo::internet(0).events[0].at_ms == 60'000U);
}

BOOST_FIXTURE_TEST_CASE(every_target_has_a_name_and_an_address, IoFixture) {
    demo::TopologyResolver resolver(demo::internet(1));
    run([&]() -> asio::awaitable<void> {
        auto const found = co_await resolver.addresses("www.shop.example", {});
        BOOST_REQUIRE(found.has_value());
        BOOST_TEST(to_text(found->front()) == "198.51.100.80");
        auto const name = co_await resolver.name(found->front());
        BOOST_TEST(name == "www.shop.example");
        auto const port = co_await resolver.name(IpV4({10, 9, 4, 41}));
        BOOST_TEST(port == "ae-2.core1.ams.carrier.example");
        auto const literal = co_await resolver.addresses("192.0.2.1", {});
        BOOST_TEST(literal.has_value());
        auto const none = co_await resolver.addresses("nowhere.example", {});
        BOOST_TEST(none.error().message == "there is no host nowhere.example");
        auto const family = co_await resolver.addresses("www.shop.example", Family::ipv6);
        BOOST_TEST(family.error().message == "www.shop.example has no address of that family");
    });
}

BOOST_AUTO_TEST_SUITE_END()
