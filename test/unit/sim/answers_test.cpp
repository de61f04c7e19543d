#include "simulation.hpp"

#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/icmp.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/tcp.hpp>

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::test;

namespace {

/// The ICMP header of a reply.
packet::IcmpHeader icmp_of(Received const& received) {
    bool const v4 = std::to_integer<unsigned>(received.bytes[0]) >> 4 == 4;
    return packet::IcmpHeader::parse(packet::ByteView(received.bytes).subspan(v4 ? 20 : 40))
        .value();
}

struct Refusal {
    std::string scenario;
    ReplyKind kind4;
    int code4;
    ReplyKind kind6;
    int code6;
};

using enum ReplyKind;
std::vector<Refusal> const refusals{
    {"net", net_unreachable, 0, net_unreachable, 0},
    {"host", host_unreachable, 1, host_unreachable, 3},
    {"port", port_unreachable, 3, port_unreachable, 4},
    {"net_prohibited", prohibited, 9, prohibited, 1},
    {"host_prohibited", prohibited, 10, prohibited, 1},
    {"prohibited", prohibited, 13, prohibited, 1},
    {"code", other_unreachable, 5, other_unreachable, 2},
};

sim::Topology one_target(std::string const& target) {
    return topology(R"({"nodes": {
        "probe": {"host": true, "addresses": ["192.0.2.1", "2001:db8:1::1"]},
        "r": {"addresses": ["10.0.0.1", "2001:db8::1"]},
        "t": {"host": true, "addresses": ["198.51.100.9", "2001:db8:9::9"])" +
                    target + R"(}}, "links": [{"nodes": ["probe", "r", "t"]}]})");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(answers)

BOOST_AUTO_TEST_CASE(each_kind_of_refusal_has_its_code) {
    for (Refusal const& refusal : refusals)
        for (Family family : {Family::ipv4, Family::ipv6}) {
            bool const v4 = family == Family::ipv4;
            Simulation sim(scenario("unreachable_" + refusal.scenario));
            Flow const flow = sample_flow(Method::udp, family);
            BOOST_TEST(sim.answer(flow, 2).ends_with("time_exceeded"));
            for (Ttl ttl : {Ttl{3}, Ttl{4}, Ttl{30}}) {
                auto const received = sim.send(flow, ttl);
                BOOST_REQUIRE(received && received->reply);
                BOOST_TEST(received->reply->outer.from == ip(v4 ? "10.0.0.3" : "2001:db8::3"));
                auto const kind = v4 ? refusal.kind4 : refusal.kind6;
                BOOST_TEST(to_text(received->reply->kind) == to_text(kind), refusal.scenario);
                BOOST_TEST(int{received->reply->icmp_code} == (v4 ? refusal.code4 : refusal.code6));
            }
        }
}

BOOST_AUTO_TEST_CASE(a_late_refusal_lets_the_expired_ttl_speak_first) {
    Simulation sim(scenario("unreachable_late"));
    BOOST_TEST(sim.answer(sample_flow(), 3) == "10.0.0.3 time_exceeded");
    BOOST_TEST(sim.answer(sample_flow(), 4) == "10.0.0.3 host_unreachable");
}

BOOST_AUTO_TEST_CASE(ports_have_states_of_their_own) {
    Simulation sim(one_target(R"(, "udp": "filtered", "udp_ports": {"33434": "closed", "53":
        "open", "54": "prohibited"}, "tcp": "prohibited", "tcp_ports": {"80": "open", "81":
        "closed", "82": "filtered"})"));
    for (Family family : {Family::ipv4, Family::ipv6}) {
        auto const ask = [&](Method method, Port port) {
            Flow flow = sample_flow(method, family);
            flow.destination_port = port;
            auto const answer = sim.answer(flow, 9);
            return answer.substr(answer.find(' ') + 1);
        };
        BOOST_TEST(ask(Method::udp, 33434) == "port_unreachable");
        BOOST_TEST(ask(Method::udp, 53) == "silence");
        BOOST_TEST(ask(Method::udp, 54) == "prohibited");
        BOOST_TEST(ask(Method::udp, 55) == "silence");
        BOOST_TEST(ask(Method::tcp, 80) == "syn_ack");
        BOOST_TEST(ask(Method::tcp, 81) == "rst");
        BOOST_TEST(ask(Method::tcp, 82) == "silence");
        BOOST_TEST(ask(Method::tcp, 83) == "prohibited");
    }
    BOOST_TEST(sim.network.node("t").withheld == 4U);
}

BOOST_AUTO_TEST_CASE(echo_can_be_off) {
    Simulation sim(one_target(R"(, "echo": false)"));
    BOOST_TEST(sim.answer(sample_flow(Method::icmp), 9) == "silence");
    BOOST_TEST(sim.answer(sample_flow(Method::icmp), 1) == "10.0.0.1 time_exceeded");
}

BOOST_AUTO_TEST_CASE(a_router_is_a_target_too) {
    Simulation sim(one_target(""));
    Flow flow = sample_flow(Method::icmp);
    flow.destination = ip("10.0.0.1");
    BOOST_TEST(sim.answer(flow, 1) == "10.0.0.1 echo_reply");
    BOOST_TEST(sim.answer(sample_flow(Method::udp), 1) == "10.0.0.1 time_exceeded");
}

BOOST_AUTO_TEST_CASE(replies_begin_with_the_ttl_of_their_node) {
    Simulation sim(one_target(R"(, "reply_ttl": 128)"));
    BOOST_TEST(int{sim.send(sample_flow(), 9)->reply->outer.ttl} == 127);
    Simulation few(one_target(R"(, "reply_ttl": 1)"));
    BOOST_TEST(sim.answer(sample_flow(), 1) == "10.0.0.1 time_exceeded");
    BOOST_TEST(few.answer(sample_flow(), 9) == "silence");
}

BOOST_AUTO_TEST_CASE(a_damaged_packet_is_not_answered_by_its_destination) {
    for (Method method : {Method::udp, Method::tcp, Method::icmp})
        for (Family family : {Family::ipv4, Family::ipv6}) {
            Simulation sim(one_target(""));
            auto bytes = Simulation::packet_of(sample_flow(method, family), 9);
            bytes.back() ^= std::byte{1};
            BOOST_TEST(!sim.send(bytes));
            BOOST_TEST(sim.network.truth().damaged == 1U);
        }
}

BOOST_AUTO_TEST_CASE(an_unknown_protocol_is_told) {
    Simulation sim(one_target(""));
    auto bytes = Simulation::packet_of(sample_flow(), 9);
    bytes[9] = std::byte{132};
    bytes[10] = bytes[11] = std::byte{0};
    packet::ByteWriter(std::span(bytes).subspan(10))
        .u16(packet::checksum(packet::ByteView(bytes).first(20)));
    auto const received = sim.send(bytes);
    BOOST_REQUIRE(received);
    BOOST_TEST(int{icmp_of(*received).type} == 3);
    BOOST_TEST(int{icmp_of(*received).code} == 2);
}

BOOST_AUTO_TEST_CASE(errors_are_not_answered_by_errors) {
    Simulation sim(one_target(""));
    auto error = sim.send(sample_flow(), 1)->bytes;
    auto header = packet::Ipv4Header::parse(error).value();
    header.ttl = 1;
    header.source = ip("192.0.2.1").to_v4();
    for (char const* destination : {"198.51.100.9", "203.0.113.77"}) {
        header.destination = ip(destination).to_v4();
        packet::ByteWriter out(error);
        header.write(out);
        BOOST_TEST(!sim.send(error));
    }
    BOOST_TEST(sim.network.truth().malformed == 0U);
    BOOST_TEST(sim.network.link("probe", "r").entered == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
