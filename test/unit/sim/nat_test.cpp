#include "simulation.hpp"

#include <dtrace/packet/ipv6.hpp>
#include <dtrace/packet/tcp.hpp>

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::test;

namespace {

Flow home_flow(Method method, Port port = 33434) {
    return {.method = method,
            .source = ip("192.168.1.2"),
            .destination = ip("198.51.100.9"),
            .id = 24000,
            .destination_port = method == Method::icmp ? Port{0} : port};
}

/// probe – home (translates sources) – balancer (translates destinations) – inner – target.
Simulation translated(std::string const& source_quote, std::string const& destination_quote,
                      bool masks_routers) {
    auto described = scenario("nat");
    described.nodes["home"].source_nat->quote = parse<sim::NatQuote>(source_quote).value();
    auto& balancer = described.nodes["balancer"].destination_nat;
    balancer->quote = parse<sim::NatQuote>(destination_quote).value();
    balancer->masks_routers = masks_routers;
    return Simulation(described);
}

std::uint32_t sealed_tag(Flow const& flow, Ttl ttl) {
    packet::FlowEncoder const encoder(flow, packet::Secret{});
    return packet::seal(packet::usable_tag({.ttl = ttl, .ticks = 7}, encoder.mask()),
                        encoder.mask());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(translators)

BOOST_AUTO_TEST_CASE(complete_translators_are_invisible) {
    for (Method method : {Method::udp, Method::tcp, Method::icmp}) {
        auto sim = translated("restored", "restored", false);
        Flow const flow = home_flow(method, method == Method::tcp ? 443 : 33434);
        std::vector<std::string> const addresses{"192.168.1.1", "10.0.0.2", "10.0.0.3", "10.0.0.4",
                                                 "198.51.100.9"};
        for (Ttl ttl = 1; ttl <= 5; ++ttl) {
            auto const received = sim.send(flow, ttl);
            BOOST_REQUIRE(received && received->reply);
            BOOST_TEST(to_text(received->reply->outer.from) == addresses[ttl - 1U]);
            BOOST_TEST((received->reply->flow == flow));
            BOOST_TEST(received->reply->tag.value == sealed_tag(flow, ttl));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_masking_translator_answers_for_everything_behind_it) {
    auto sim = translated("restored", "restored", true);
    BOOST_TEST(sim.answer(home_flow(Method::udp), 3) == "10.0.0.3 time_exceeded");
    BOOST_TEST(sim.answer(home_flow(Method::udp), 4) == "198.51.100.9 time_exceeded");
    BOOST_TEST(sim.answer(home_flow(Method::udp), 5) == "198.51.100.9 port_unreachable");
}

BOOST_AUTO_TEST_CASE(a_forgotten_quoted_checksum_betrays_the_translator) {
    auto sim = translated("addresses", "restored", false);
    Flow const flow = home_flow(Method::udp);
    auto const before = sim.send(flow, 1)->reply.value();
    auto const behind = sim.send(flow, 2)->reply.value();
    BOOST_TEST((before.flow == flow));
    BOOST_TEST((behind.flow == flow));
    BOOST_TEST(before.tag.value == sealed_tag(flow, 1));
    BOOST_TEST((behind.tag.value & 0xFFFF) != (sealed_tag(flow, 2) & 0xFFFF));
}

BOOST_AUTO_TEST_CASE(an_untouched_quote_shows_the_translated_addresses) {
    auto sim = translated("untouched", "untouched", false);
    auto const behind_home = sim.send(home_flow(Method::tcp, 443), 2)->reply.value();
    BOOST_TEST(behind_home.flow.source == ip("203.0.113.7"));
    BOOST_TEST(behind_home.flow.destination == ip("198.51.100.9"));
    auto const behind_both = sim.send(home_flow(Method::tcp, 443), 4)->reply.value();
    BOOST_TEST(behind_both.flow.destination == ip("172.16.0.9"));
    auto const udp = sim.send(home_flow(Method::udp), 4)->reply.value();
    BOOST_TEST((udp.tag.value >> 16) == (sealed_tag(home_flow(Method::udp), 4) >> 16));
    BOOST_TEST((udp.tag.value & 0xFFFF) != (sealed_tag(home_flow(Method::udp), 4) & 0xFFFF));
}

BOOST_AUTO_TEST_CASE(translation_works_over_routed_replies_and_ipv6) {
    Simulation sim(R"({"return_path": "routed", "nodes": {
        "probe": {"host": true, "addresses": ["fd00:1::2"]},
        "home": {"addresses": ["fd00:1::1"],
                 "source_nat": {"inside": "fd00:1::/64", "address": "2001:db8:7::7"}},
        "isp": {"addresses": ["2001:db8::2"]},
        "target": {"host": true, "addresses": ["2001:db8:9::9"], "tcp_ports": {"80": "open"}}},
        "links": [{"nodes": ["probe", "home", "isp", "target"], "delay_us": 500}]})");
    for (Method method : {Method::udp, Method::tcp, Method::icmp}) {
        Flow flow = sample_flow(method, Family::ipv6);
        flow.source = ip("fd00:1::2");
        for (Ttl ttl = 1; ttl <= 3; ++ttl) {
            auto const received = sim.send(flow, ttl);
            BOOST_REQUIRE(received && received->reply);
            BOOST_TEST(received->reply->tag.value == sealed_tag(flow, ttl));
            auto const header = packet::Ipv6Header::parse(received->bytes);
            BOOST_TEST(IpAddress(header->destination) == ip("fd00:1::2"));
            BOOST_TEST(received->delay.count() == ttl * 1'000'000);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
