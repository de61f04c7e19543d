#include "flows.hpp"

#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/encode_packet.hpp>
#include <dtrace/packet/icmp.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/ipv6.hpp>
#include <dtrace/packet/tcp.hpp>
#include <dtrace/packet/udp.hpp>

#include <boost/test/unit_test.hpp>

#include <hex.hpp>

#include <array>
#include <random>
#include <stdexcept>

using namespace dtrace;
using namespace dtrace::packet;
using namespace dtrace::test;

namespace {

/// TTL 7, a fixed time, TOS 0xB8, the known secret.
Bytes encoded(Flow const& flow) {
    FlowEncoder const encoder(flow, known_secret(), 0xB8);
    Bytes out(max_packet_size);
    out.resize(encoder.encode({.ttl = 7, .ticks = 0x155AA55}, out));
    return out;
}

bool checksums_true(ByteView bytes, Flow const& flow, std::uint8_t protocol) {
    bool const v4 = flow.source.is_v4();
    auto const transport = bytes.subspan(v4 ? 20 : 40);
    std::uint32_t sum = sum_words(transport);
    if (protocol != protocol_icmp)
        sum += pseudo_header_sum(flow.source, flow.destination, protocol,
                                 static_cast<std::uint32_t>(transport.size()));
    return fold(sum) == 0xFFFF && (!v4 || fold(sum_words(bytes.first(20))) == 0xFFFF);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(encode_packet)

// The expected bytes, masks and checksums were computed by an independent program, and its packets
// were checked by Wireshark's dissector. Sealed tags: see each comment.

BOOST_AUTO_TEST_CASE(udp_over_ipv4) {
    // f005d979: high half in the IP ID, low half the UDP checksum; 59c6 makes it true.
    BOOST_TEST(to_hex(encoded(make_flow(Method::udp, Family::ipv4))) ==
               to_hex("45 b8 001e f005 4000 07 11 96d3 c6336401 c0000209"
                      "5dc1 829a 000a d979 59c6"_hex));
}

BOOST_AUTO_TEST_CASE(udp_over_ipv6) {
    // bf5af8d5: high half the checksum, all of it in the payload; 4c66 makes the checksum true.
    BOOST_TEST(to_hex(encoded(make_flow(Method::udp, Family::ipv6))) ==
               to_hex("6b8f1f5b 000e 11 07 20010db8000000000000000000000001"
                      "20010db8000900000000000000000009"
                      "5dc1 829a 000e bf5a bf5af8d5 4c66"_hex));
}

BOOST_AUTO_TEST_CASE(tcp_over_ipv4) {
    // 86f32869: the sequence number; its high half the IP ID. SYN, MSS 1460.
    BOOST_TEST(to_hex(encoded(make_flow(Method::tcp, Family::ipv4))) ==
               to_hex("45 b8 002c 86f3 4000 07 06 ffe2 c6336401 c0000209"
                      "5dc1 0050 86f32869 00000000 60 02 faf0 a389 0000 020405b4"_hex));
}

BOOST_AUTO_TEST_CASE(tcp_over_ipv6) {
    // f175ce62: the sequence number. SYN, MSS 1440.
    BOOST_TEST(to_hex(encoded(make_flow(Method::tcp, Family::ipv6))) ==
               to_hex("6b89411e 0018 06 07 20010db8000000000000000000000001"
                      "20010db8000900000000000000000009"
                      "5dc1 0050 f175ce62 00000000 60 02 faf0 23db 0000 020405a0"_hex));
}

BOOST_AUTO_TEST_CASE(icmp_over_ipv4) {
    // a73174d0: identifier and sequence; c9c9 holds the checksum at the flow's 1234.
    BOOST_TEST(to_hex(encoded(make_flow(Method::icmp, Family::ipv4))) ==
               to_hex("45 b8 001e a731 4000 07 01 dfb7 c6336401 c0000209"
                      "08 00 1234 a731 74d0 c9c9"_hex));
}

BOOST_AUTO_TEST_CASE(icmp_over_ipv6) {
    BOOST_TEST(to_hex(encoded(make_flow(Method::icmp, Family::ipv6))) ==
               to_hex("6b849317 000a 3a 07 20010db8000000000000000000000001"
                      "20010db8000900000000000000000009"
                      "80 00 1234 69a4 e49e c3be"_hex));
}

// Whatever the tag: checksums are true, what routers hash stays, the IP ID is not 0.
BOOST_AUTO_TEST_CASE(only_ttl_tag_and_checksums_vary) {
    std::mt19937 random(4);
    for (auto const& flow : all_kinds_of_flow()) {
        FlowEncoder const encoder(flow, known_secret(), 0x20);
        bool const v4 = flow.source.is_v4();
        std::size_t const ip_size = v4 ? 20 : 40;
        std::array<std::byte, max_packet_size> out{};
        for (int i = 0; i < 20'000; ++i) {
            Tag const tag = usable_tag(random_tag(random), encoder.mask());
            BOOST_REQUIRE_EQUAL(encoder.encode(tag, out), encoder.size());
            auto const bytes = std::span(out).first(encoder.size());
            auto const protocol = std::to_integer<std::uint8_t>(bytes[v4 ? 9 : 6]);
            BOOST_REQUIRE(checksums_true(bytes, flow, protocol));
            BOOST_REQUIRE(std::to_integer<Ttl>(bytes[v4 ? 8 : 7]) == tag.ttl);
            auto const transport = ByteView(bytes).subspan(ip_size);
            if (v4) BOOST_REQUIRE(Ipv4Header::parse(bytes)->id != 0);
            if (flow.method == Method::icmp) {
                BOOST_REQUIRE_EQUAL(IcmpHeader::parse(transport)->checksum, flow.id);
            } else {
                BOOST_REQUIRE_EQUAL(UdpHeader::parse(transport)->source_port, flow.id);
                BOOST_REQUIRE_EQUAL(UdpHeader::parse(transport)->destination_port,
                                    flow.destination_port);
            }
            if (flow.method == Method::udp) BOOST_REQUIRE(UdpHeader::parse(transport)->checksum);
            if (!v4) BOOST_REQUIRE_EQUAL(Ipv6Header::parse(bytes)->flow_label, flow_label(flow));
        }
    }
}

// The two ends of one's complement arithmetic: each checksum that a flow can be asked to hold.
BOOST_AUTO_TEST_CASE(every_icmp_checksum_can_be_held) {
    std::array<std::byte, max_packet_size> out{};
    for (unsigned checksum = 1; checksum < 0xFFFF; ++checksum) {
        auto flow = make_flow(Method::icmp, Family::ipv4);
        flow.id = static_cast<std::uint16_t>(checksum);
        FlowEncoder const encoder(flow, known_secret());
        auto const size =
            encoder.encode(usable_tag({.ttl = 1, .ticks = checksum}, encoder.mask()), out);
        BOOST_REQUIRE(checksums_true(std::span(out).first(size), flow, protocol_icmp));
    }
}

BOOST_AUTO_TEST_CASE(every_udp_checksum_can_be_made_true) {
    auto const flow = make_flow(Method::udp, Family::ipv4);
    FlowEncoder const encoder(flow, known_secret());
    std::array<std::byte, max_packet_size> out{};
    for (std::uint32_t low = 1; low <= 0xFFFF; ++low) {
        auto const size = encoder.encode(unseal(0x12340000 | low, encoder.mask()), out);
        auto const bytes = std::span(out).first(size);
        BOOST_REQUIRE(checksums_true(bytes, flow, protocol_udp));
        BOOST_REQUIRE_EQUAL(UdpHeader::parse(bytes.subspan(20))->checksum, low);
    }
}

BOOST_AUTO_TEST_CASE(too_little_room_is_left_alone) {
    FlowEncoder const encoder(make_flow(Method::udp, Family::ipv4), known_secret());
    std::array<std::byte, max_packet_size - 1> out{};
    BOOST_TEST(encoder.encode({.ttl = 1, .ticks = 1}, out) == 0U);
    BOOST_TEST(to_hex(out) == std::string(2 * out.size(), '0'));
}

BOOST_AUTO_TEST_CASE(impossible_flows_are_refused) {
    auto mixed = make_flow(Method::udp, Family::ipv4);
    mixed.source = ip("2001:db8::1");
    BOOST_CHECK_THROW(FlowEncoder(mixed, known_secret()), std::invalid_argument);
    for (auto const checksum : {std::uint16_t{0}, std::uint16_t{0xFFFF}}) {
        auto flow = make_flow(Method::icmp, Family::ipv6);
        flow.id = checksum;
        BOOST_CHECK_THROW(FlowEncoder(flow, known_secret()), std::invalid_argument);
    }
}

BOOST_AUTO_TEST_CASE(an_encoder_is_small) {
    BOOST_TEST(sizeof(FlowEncoder) <= 80U);
}

BOOST_AUTO_TEST_SUITE_END()
