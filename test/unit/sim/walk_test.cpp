#include "simulation.hpp"

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::test;

BOOST_AUTO_TEST_SUITE(the_way_of_a_packet)

BOOST_AUTO_TEST_CASE(every_hop_answers_an_expired_ttl_in_all_methods_and_families) {
    for (Method method : {Method::udp, Method::tcp, Method::icmp})
        for (Family family : {Family::ipv4, Family::ipv6}) {
            Simulation sim(scenario("chain10"));
            Flow const flow = sample_flow(method, family);
            for (Ttl ttl = 1; ttl <= 10; ++ttl) {
                auto const received = sim.send(flow, ttl);
                BOOST_REQUIRE(received && received->reply);
                Reply const& reply = *received->reply;
                BOOST_TEST((reply.kind == ReplyKind::time_exceeded));
                auto const router = IpAddress(IpV4(0x0A000000U + ttl));
                BOOST_TEST(reply.outer.from ==
                           (family == Family::ipv4
                                ? router
                                : ip("2001:db8::" + std::string(1, "0123456789a"[ttl]))));
                BOOST_TEST(received->delay.count() == ttl * 1'000'000);
                BOOST_TEST(int{reply.outer.ttl} == 255 - (ttl - 1));
                BOOST_TEST((reply.flow == flow));
                BOOST_TEST(int{reply.quoted_ttl.value()} == 1);
                packet::FlowEncoder const encoder(flow, packet::Secret{});
                auto const sent = packet::usable_tag({.ttl = ttl, .ticks = 7}, encoder.mask());
                BOOST_TEST((packet::unseal(reply.tag.value, encoder.mask()) == sent));
            }
        }
}

BOOST_AUTO_TEST_CASE(the_target_answers_each_method_in_its_way) {
    Simulation sim(scenario("chain10"));
    for (Family family : {Family::ipv4, Family::ipv6}) {
        auto const target = to_text(sample_flow(Method::udp, family).destination);
        for (Ttl ttl : {Ttl{11}, Ttl{12}, Ttl{64}}) {
            BOOST_TEST(sim.answer(sample_flow(Method::udp, family), ttl) ==
                       target + " port_unreachable");
            BOOST_TEST(sim.answer(sample_flow(Method::icmp, family), ttl) ==
                       target + " echo_reply");
        }
        BOOST_TEST(sim.answer(sample_flow(Method::tcp, family), 11) == target + " syn_ack");
        Flow closed = sample_flow(Method::tcp, family);
        closed.destination_port = 81;
        BOOST_TEST(sim.answer(closed, 11) == target + " rst");
    }
}

BOOST_AUTO_TEST_CASE(the_target_is_as_far_as_its_links_are_long) {
    Simulation sim(scenario("chain10"));
    auto const received = sim.send(sample_flow(Method::icmp), 30);
    BOOST_REQUIRE(received && received->reply);
    BOOST_TEST(received->delay.count() == 11'000'000);
    BOOST_TEST(int{received->reply->outer.ttl} == 64 - 10);
}

BOOST_AUTO_TEST_CASE(delays_of_both_directions_jitter_and_control_plane_add_up) {
    Simulation sim(R"({"nodes": {
        "probe": {"host": true, "addresses": ["192.0.2.1"]},
        "r": {"addresses": ["10.0.0.1"], "answer_delay_us": 300, "answer_jitter_us": 50},
        "t": {"host": true, "addresses": ["198.51.100.9"]}},
        "links": [{"nodes": ["probe", "r"], "delay_us": 1000, "delay_back_us": 7000,
                   "jitter_us": 100},
                  {"nodes": ["r", "t"]}]})");
    Duration least = Duration::max();
    Duration most{};
    for (int i = 0; i < 500; ++i) {
        auto const received = sim.send(sample_flow(), 1);
        BOOST_REQUIRE(received);
        least = std::min(least, received->delay);
        most = std::max(most, received->delay);
    }
    BOOST_TEST((least >= microseconds(8300)));
    BOOST_TEST((least < microseconds(8350)));
    BOOST_TEST((most <= microseconds(8550)));
    BOOST_TEST((most > microseconds(8500)));
}

BOOST_AUTO_TEST_CASE(what_nobody_owns_is_refused_by_the_first_router) {
    Simulation sim(scenario("chain10"));
    Flow flow = sample_flow();
    flow.destination = ip("203.0.113.200");
    BOOST_TEST(sim.answer(flow, 9) == "10.0.0.1 net_unreachable");
}

BOOST_AUTO_TEST_CASE(packets_from_nowhere_are_counted) {
    Simulation sim(scenario("chain10"));
    Flow flow = sample_flow();
    flow.source = ip("203.0.113.200");
    BOOST_TEST(sim.answer(flow, 3) == "silence");
    BOOST_TEST(sim.network.truth().foreign == 1U);
}

BOOST_AUTO_TEST_CASE(a_loop_answers_in_turns_until_the_ttl_is_used_up) {
    for (Family family : {Family::ipv4, Family::ipv6}) {
        Simulation sim(scenario("loop"));
        std::string const r2 = family == Family::ipv4 ? "10.0.0.2" : "2001:db8::2";
        std::string const r3 = family == Family::ipv4 ? "10.0.0.3" : "2001:db8::3";
        for (int ttl = 2; ttl < 120; ++ttl)
            BOOST_TEST(sim.answer(sample_flow(Method::udp, family), static_cast<Ttl>(ttl)) ==
                       (ttl % 2 == 0 ? r2 : r3) + " time_exceeded");
    }
}

BOOST_AUTO_TEST_CASE(wrong_treatment_of_the_ttl_shows_as_it_does_in_the_field) {
    Simulation sim(scenario("ttl_faults"));
    BOOST_TEST(sim.answer(sample_flow(), 1) == "10.0.0.1 time_exceeded");
    BOOST_TEST(sim.answer(sample_flow(), 2) == "10.0.0.3 time_exceeded");
    BOOST_TEST(int{sim.send(sample_flow(), 2)->reply->quoted_ttl.value()} == 0);
    BOOST_TEST(sim.answer(sample_flow(), 3) == "10.0.0.3 time_exceeded");
    BOOST_TEST(sim.answer(sample_flow(), 4) == "10.0.0.5 time_exceeded");
    BOOST_TEST(sim.answer(sample_flow(), 5) == "198.51.100.9 port_unreachable");
}

BOOST_AUTO_TEST_CASE(errors_come_from_the_interface_of_arrival_or_a_fixed_address) {
    Simulation sim(scenario("interfaces"));
    BOOST_TEST(sim.answer(sample_flow(), 1) == "10.1.0.1 time_exceeded");
    BOOST_TEST(sim.answer(sample_flow(), 2) == "10.1.1.2 time_exceeded");
    BOOST_TEST(sim.answer(sample_flow(), 3) == "10.9.9.9 time_exceeded");
    auto const v6 = [&](Ttl ttl) {
        return sim.answer(sample_flow(Method::udp, Family::ipv6), ttl);
    };
    BOOST_TEST(v6(1) == "2001:db8:a::1 time_exceeded");
    BOOST_TEST(v6(2) == "2001:db8:b::2 time_exceeded");
    BOOST_TEST(v6(3) == "2001:db8:99::9 time_exceeded");
    BOOST_TEST(v6(4) == "2001:db8:9::9 port_unreachable");
}

BOOST_AUTO_TEST_CASE(routed_replies_take_the_way_that_routing_gives_them) {
    Simulation sim(R"({"return_path": "routed", "nodes": {
        "probe": {"host": true, "addresses": ["192.0.2.1"]},
        "r": {"addresses": ["10.0.0.1"]},
        "s": {"addresses": ["10.0.0.2"], "routes": [{"to": "192.0.2.0/24", "via": ["u"]}]},
        "u": {"addresses": ["10.0.0.3"]},
        "t": {"host": true, "addresses": ["198.51.100.9"]}},
        "links": [{"nodes": ["probe", "r", "s", "t"], "delay_us": 1000},
                  {"nodes": ["s", "u", "r"], "delay_us": 10000}]})");
    auto const received = sim.send(sample_flow(Method::icmp), 30);
    BOOST_REQUIRE(received && received->reply);
    BOOST_TEST(received->delay.count() == (3 + 1 + 20 + 1) * 1'000'000);
    BOOST_TEST(int{received->reply->outer.ttl} == 64 - 3);
    BOOST_TEST(sim.network.link("u", "r").entered == 1U);
    BOOST_TEST(sim.network.link("s", "r").entered == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_too_large_for_a_link_is_refused_with_its_mtu) {
    Simulation sim(R"({"nodes": {
        "probe": {"host": true, "addresses": ["192.0.2.1", "2001:db8:1::1"]},
        "r": {"addresses": ["10.0.0.1", "2001:db8::1"]},
        "t": {"host": true, "addresses": ["198.51.100.9", "2001:db8:9::9"]}},
        "links": [{"nodes": ["probe", "r"]}, {"nodes": ["r", "t"], "mtu": 68}]})");
    Flow const flow = sample_flow(Method::icmp, Family::ipv6);
    auto large = Simulation::packet_of(flow, 9);
    large.resize(100);
    packet::ByteWriter(std::span(large).subspan(4)).u16(60);
    auto const received = sim.send(large);
    BOOST_REQUIRE(received && received->reply);
    BOOST_TEST(received->reply->mtu == 68);
    BOOST_TEST(sim.answer(flow, 9) == "2001:db8:9::9 echo_reply");
}

BOOST_AUTO_TEST_SUITE_END()
