#include "replies.hpp"

#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/ipv6.hpp>
#include <dtrace/packet/sent_packet.hpp>

#include <boost/test/unit_test.hpp>

#include <random>

using namespace dtrace;
using namespace dtrace::packet;
using namespace dtrace::test;

BOOST_AUTO_TEST_SUITE(sent_packet)

BOOST_AUTO_TEST_CASE(what_is_encoded_is_read_back) {
    std::mt19937 random(10);
    for (auto const& flow : all_kinds_of_flow()) {
        auto const mask = flow_mask(flow, known_secret());
        for (int i = 0; i < 1000; ++i) {
            Tag const tag = usable_tag(random_tag(random), mask);
            auto const bytes = encode(flow, tag, known_secret());
            auto const packet = parse_sent(bytes);
            BOOST_REQUIRE(packet);
            BOOST_REQUIRE(packet->flow == flow);
            BOOST_REQUIRE(packet->ttl == tag.ttl);
            BOOST_REQUIRE(packet->tos == 0x20);
            BOOST_REQUIRE(unseal(packet->sealed, mask) == tag);
            BOOST_REQUIRE(packet->flow_label == (flow.source.is_v6() ? flow_label(flow) : 0));
            BOOST_REQUIRE(packet->transport.size() ==
                          bytes.size() - (flow.source.is_v4() ? 20 : 40));
        }
    }
}

BOOST_AUTO_TEST_CASE(anything_cut_or_lengthened_is_refused) {
    for (auto const& flow : all_kinds_of_flow()) {
        auto bytes = encode(flow, {.ttl = 7, .ticks = 99}, known_secret());
        for (std::size_t size = 0; size < bytes.size(); ++size)
            BOOST_TEST(!parse_sent(std::span(bytes).first(size)));
        bytes.push_back(std::byte{0});
        BOOST_TEST(!parse_sent(bytes));
    }
}

// Every bit is under a checksum, but those of IPv6's own header that transport does not cover.
BOOST_AUTO_TEST_CASE(a_flipped_bit_is_refused) {
    for (auto const& flow : all_kinds_of_flow()) {
        auto const sent = encode(flow, {.ttl = 7, .ticks = 99}, known_secret());
        bool const v6 = flow.source.is_v6();
        for (std::size_t bit = 0; bit < sent.size() * 8; ++bit) {
            bool const uncovered = v6 && ((bit >= 4 && bit < 32) || (bit >= 56 && bit < 64));
            auto bytes = sent;
            bytes[bit / 8] ^= std::byte{0x80} >> (bit % 8);
            BOOST_TEST(parse_sent(bytes).has_value() == uncovered, "bit " << bit);
        }
    }
}

BOOST_AUTO_TEST_CASE(tcp_must_be_a_syn_alone) {
    auto const sent =
        encode(make_flow(Method::tcp, Family::ipv4), {.ttl = 7, .ticks = 99}, known_secret());
    auto const with_flags = [&](unsigned flags) {
        auto bytes = sent;
        auto const transport = std::span(bytes).subspan(20);
        transport[13] = static_cast<std::byte>(flags);
        auto const checksum = transport.subspan(16, 2);
        auto const flow = make_flow(Method::tcp, Family::ipv4);
        ByteWriter(checksum).u16(0);
        ByteWriter(checksum).u16(
            complement(sum_words(transport) +
                       pseudo_header_sum(flow.source, flow.destination, protocol_tcp,
                                         static_cast<std::uint32_t>(transport.size()))));
        return bytes;
    };
    BOOST_TEST(parse_sent(with_flags(tcp_syn)).has_value());
    BOOST_TEST(parse_sent(with_flags(tcp_syn | 0xC0)).has_value());
    for (unsigned flags : {0U, 0x10U, 0x12U, 0x04U, 0x14U, 0x06U, 0x01U})
        BOOST_TEST(!parse_sent(with_flags(flags)), flags);
}

BOOST_AUTO_TEST_CASE(udp_over_ipv4_may_leave_its_checksum_out) {
    auto bytes =
        encode(make_flow(Method::udp, Family::ipv4), {.ttl = 7, .ticks = 99}, known_secret());
    bytes[26] = bytes[27] = std::byte{0};
    BOOST_TEST(parse_sent(bytes).has_value());
    auto v6 = encode(make_flow(Method::udp, Family::ipv6), {.ttl = 7, .ticks = 99}, known_secret());
    v6[46] = v6[47] = std::byte{0};
    BOOST_TEST(!parse_sent(v6));
}

BOOST_AUTO_TEST_SUITE_END()
