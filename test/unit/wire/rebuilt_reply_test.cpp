#include "unprivileged/rebuilt_reply.hpp"

#include "crafted_packet.hpp"
#include "unprivileged/sent_packets.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace dtrace;
using namespace dtrace::wire;
using test::CraftedPacket;
using Kind = CraftedPacket::Kind;

namespace {

std::vector<unsigned> rebuilt(ToldReply const& told, CraftedPacket const& sent,
                              std::size_t headers_taken, std::size_t room = 2048) {
    auto const packet = sent.outgoing();
    auto const fields = read_fields(packet);
    BOOST_REQUIRE(fields);
    std::vector<std::byte> out(room, std::byte{0xEE});
    std::size_t const size = rebuild_reply(told, packet.bytes, *fields, headers_taken, out);
    BOOST_REQUIRE_LE(size, room);
    std::vector<unsigned> bytes;
    for (std::byte byte : std::span(out).first(size))
        bytes.push_back(std::to_integer<unsigned>(byte));
    return bytes;
}

unsigned half_at(std::vector<unsigned> const& bytes, std::size_t at) {
    return bytes.at(at) << 8 | bytes.at(at + 1);
}

unsigned sum(std::vector<unsigned> const& bytes, std::size_t from) {
    unsigned sum = 0;
    for (std::size_t i = from; i < bytes.size(); ++i)
        sum += bytes[i] << ((i - from) % 2 == 0 ? 8 : 0);
    while (sum >> 16 != 0)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return sum;
}

ToldReply time_exceeded(Family family, std::span<std::byte const> quoted) {
    bool const v4 = family == Family::ipv4;
    return {.is_error = true,
            .type = std::uint8_t(v4 ? 11 : 3),
            .from = *parse<IpAddress>(v4 ? "192.0.2.7" : "2001:db8::7"),
            .ttl = 61,
            .tos = 0xC0,
            .quoted = quoted};
}

std::vector<std::byte> const twelve(12, std::byte{0xAB});

}  // namespace

BOOST_AUTO_TEST_SUITE(rebuilt_reply)

BOOST_AUTO_TEST_CASE(an_ipv4_error_quotes_the_packet_as_it_was_handed_over) {
    CraftedPacket const sent(Family::ipv4, Kind::udp, 24001, 33434, 2);
    auto const bytes = rebuilt(time_exceeded(Family::ipv4, std::span(twelve).first(4)), sent, 8);
    BOOST_TEST(bytes.size() == 20U + 8U + 28U + 4U);
    BOOST_TEST(bytes[0] == 0x45U);
    BOOST_TEST(bytes[1] == 0xC0U);
    BOOST_TEST(half_at(bytes, 2) == bytes.size());
    BOOST_TEST(bytes[8] == 61U);
    BOOST_TEST(bytes[9] == 1U);
    BOOST_TEST(half_at(bytes, 12) == 0xC000U);  // 192.0.2.7
    BOOST_TEST(half_at(bytes, 14) == 0x0207U);
    BOOST_TEST(half_at(bytes, 16) == 0x7F00U);  // our own address
    BOOST_TEST(bytes[20] == 11U);
    BOOST_TEST(bytes[21] == 0U);
    BOOST_TEST(sum(bytes, 20) == 0xFFFFU);
    auto const given = sent.outgoing().bytes;
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (i == 8) continue;
        BOOST_TEST(bytes[28 + i] == std::to_integer<unsigned>(given[i]), "quoted byte " << i);
    }
    BOOST_TEST(bytes[28 + 8] == 1U);  // the quoted TTL that hides nothing
}

BOOST_AUTO_TEST_CASE(an_ipv6_error_begins_with_its_icmp_header) {
    CraftedPacket const sent(Family::ipv6, Kind::udp, 24001, 33434, 6);
    auto const bytes = rebuilt(time_exceeded(Family::ipv6, std::span(twelve).first(6)), sent, 8);
    BOOST_TEST(bytes.size() == 8U + 54U);
    BOOST_TEST(bytes[0] == 3U);
    BOOST_TEST(bytes[8] == 0x60U);
    BOOST_TEST(bytes[8 + 7] == 1U);
    BOOST_TEST(half_at(bytes, 48) == 24001U);
}

BOOST_AUTO_TEST_CASE(what_the_router_added_stays_where_it_was) {
    // 128 bytes of quotation, and an extension behind them.
    std::vector<std::byte> quoted(100 + 12, std::byte{0});
    quoted[100] = std::byte{0x20};
    quoted.back() = std::byte{0x5A};
    CraftedPacket const sent(Family::ipv4, Kind::udp, 24001, 33434, 2);
    auto told = time_exceeded(Family::ipv4, quoted);
    told.extension_at = 100;
    auto const bytes = rebuilt(told, sent, 8);
    BOOST_TEST(bytes.size() == 28U + 128U + 12U);
    BOOST_TEST(bytes[25] == 32U);  // words of four bytes
    BOOST_TEST(bytes[28 + 128] == 0x20U);
    BOOST_TEST(bytes.back() == 0x5AU);
    BOOST_TEST(sum(bytes, 20) == 0xFFFFU);

    CraftedPacket const sent_v6(Family::ipv6, Kind::echo, 24001, 7, 2);
    auto told_v6 = time_exceeded(Family::ipv6, quoted);
    told_v6.extension_at = 88;
    auto const v6 = rebuilt(told_v6, sent_v6, 0);
    BOOST_TEST(v6[4] == 16U);  // words of eight bytes
    BOOST_TEST(v6.size() == 8U + 40U + quoted.size());
}

BOOST_AUTO_TEST_CASE(the_mtu_of_a_narrow_link) {
    CraftedPacket const v4(Family::ipv4, Kind::udp, 24001, 33434, 2);
    auto told = time_exceeded(Family::ipv4, twelve);
    told.type = 3;
    told.code = 4;
    told.info = 1400;
    BOOST_TEST(half_at(rebuilt(told, v4, 8), 26) == 1400U);
    CraftedPacket const v6(Family::ipv6, Kind::udp, 24001, 33434, 6);
    told = time_exceeded(Family::ipv6, twelve);
    told.type = 2;
    told.info = 0x00012345;
    auto const bytes = rebuilt(told, v6, 8);
    BOOST_TEST(half_at(bytes, 4) == 1U);
    BOOST_TEST(half_at(bytes, 6) == 0x2345U);
}

BOOST_AUTO_TEST_CASE(an_echo_reply_is_the_request_with_another_type) {
    for (Family const family : {Family::ipv4, Family::ipv6}) {
        CraftedPacket const sent(family, Kind::echo, 24321, 0x1111, 2);
        bool const v4 = family == Family::ipv4;
        auto told = time_exceeded(family, {});
        told.is_error = false;
        auto const bytes = rebuilt(told, sent, 0);
        std::size_t const at = v4 ? 20 : 0;
        BOOST_TEST(bytes.size() == at + 10);
        BOOST_TEST(bytes[at] == (v4 ? 0U : 129U));
        BOOST_TEST(half_at(bytes, at + 2) == (v4 ? 24321U + 0x0800U : 24321U - 0x0100U));
        BOOST_TEST(half_at(bytes, at + 4) == 0x1111U);
        if (v4) {
            BOOST_TEST(sum(bytes, at) == 0xFFFFU);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_not) {
    CraftedPacket const sent(Family::ipv4, Kind::udp, 24001, 33434, 2);
    BOOST_TEST(rebuilt(time_exceeded(Family::ipv6, twelve), sent, 8).empty());
    for (std::size_t room : {0U, 27U, 40U, 57U})
        BOOST_TEST(rebuilt(time_exceeded(Family::ipv4, twelve), sent, 8, room).empty());
    BOOST_TEST(rebuilt(time_exceeded(Family::ipv4, twelve), sent, 8, 60).size() == 60U);
}

BOOST_AUTO_TEST_CASE(only_complete_packets_have_fields) {
    for (Family const family : {Family::ipv4, Family::ipv6}) {
        CraftedPacket const sent(family, Kind::udp, 24001, 33434, 2);
        auto const packet = sent.outgoing();
        BOOST_REQUIRE(read_fields(packet));
        BOOST_TEST(read_fields(packet)->ttl == 64);
        BOOST_TEST((read_fields(packet)->source == packet.destination));
        for (std::size_t size = 0; size < packet.bytes.size(); ++size)
            BOOST_TEST(!read_fields({packet.bytes.first(size), packet.destination}), size);
        auto const other = family == Family::ipv4 ? IpAddress(IpV6()) : IpAddress(IpV4());
        BOOST_TEST(!read_fields({packet.bytes, other}));
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(sent_packets)

BOOST_AUTO_TEST_CASE(the_oldest_goes_for_a_new_one) {
    SentPackets packets(3, seconds(5));
    TimePoint const start{};
    for (unsigned i = 0; i < 5; ++i)
        packets.remember({1, i}, std::span(twelve).first(i), start + milliseconds(i));
    BOOST_TEST(packets.size() == 3U);
    BOOST_TEST(!packets.find({1, 1}));
    BOOST_TEST(packets.find({1, 4}).value().size() == 4U);
    BOOST_TEST(!packets.find({2, 4}));
    packets.forget({1, 4});
    BOOST_TEST(!packets.find({1, 4}));
}

BOOST_AUTO_TEST_CASE(nothing_stays_for_ever) {
    SentPackets packets(100, seconds(5));
    TimePoint const start{};
    packets.remember({1, 1}, twelve, start);
    packets.remember({1, 2}, twelve, start + seconds(3));
    packets.remember({1, 1}, std::span(twelve).first(1), start + seconds(4));  // the token again
    packets.remember({1, 3}, twelve, start + seconds(6));
    BOOST_TEST(packets.find({1, 1}).value().size() == 1U);
    packets.remember({1, 4}, twelve, start + seconds(10));
    BOOST_TEST(!packets.find({1, 1}));
    BOOST_TEST(!packets.find({1, 2}));
    BOOST_TEST(packets.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
