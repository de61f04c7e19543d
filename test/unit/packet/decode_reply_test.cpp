#include "replies.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace dtrace;
using namespace dtrace::packet;
using namespace dtrace::test;

namespace {

std::optional<Reply> decode(std::uint8_t protocol, char const* from, Bytes bytes) {
    return Answer{std::move(bytes), protocol, ip(from)}.decode();
}

/// A UDP packet of ours in an ICMP error of the family.
std::optional<Reply> decode_error(Family family, IcmpHeader const& header) {
    auto const quote =
        encode(make_flow(Method::udp, family), {.ttl = 7, .ticks = 1}, known_secret());
    return icmp_from_router(family, header, quote).decode();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reply_decoding)

// Messages computed by an independent program, field by field.

BOOST_AUTO_TEST_CASE(time_exceeded_of_36_bytes) {
    auto const reply =
        decode(protocol_icmp, "203.0.113.7",
               "45c00038 11110000 3d0105b8 cb007107 c6336401 | 0b00 40a1 00000000 |"
               "45b8001e f1074000 011195d1 c6336401 c0000209 | 5dc1 829a 000a d9f8"_hex);
    BOOST_REQUIRE(reply);
    BOOST_TEST((reply->received == TimePoint(seconds(5))));
    BOOST_TEST(reply->outer.from.to_string() == "203.0.113.7");
    BOOST_TEST(reply->outer.ttl == 61);
    BOOST_TEST(reply->outer.tos == 0xC0);
    BOOST_TEST((reply->kind == ReplyKind::time_exceeded));
    BOOST_TEST(reply->icmp_type == 11);
    BOOST_TEST(reply->icmp_code == 0);
    BOOST_TEST(reply->mtu == 0);
    BOOST_TEST(reply->extensions.labels.empty());
    BOOST_TEST((reply->flow == make_flow(Method::udp, Family::ipv4)));
    BOOST_TEST((reply->tag == QuotedTag{0xF107D9F8, true}));
    BOOST_TEST(reply->quoted_ttl.value() == 1);
    BOOST_TEST(reply->quoted_tos.value() == 0xB8);
    BOOST_TEST(reply->quoted_ip_id.value() == 0xF107);
    BOOST_TEST(reply->quoted_checksum.value() == 0xD9F8);
}

BOOST_AUTO_TEST_CASE(time_exceeded_with_an_mpls_label) {
    auto const reply = decode(
        protocol_icmp, "203.0.113.7",
        "45c000a8 11110000 3d010548 cb007107 c6336401 | 0b00 e739 00200000 |"
        "45b8001e f1074000 011195d1 c6336401 c0000209 | 5dc1 829a 000a d9f8 5947 |"
        "0000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000"
        "00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000"
        "00000000 00000000 00000000 00000000 00000000 00000000 | 2000 c819 0008 0101 05dc1101"_hex);
    BOOST_REQUIRE(reply);
    BOOST_TEST((reply->tag == QuotedTag{0xF107D9F8, true}));
    BOOST_REQUIRE_EQUAL(reply->extensions.labels.size(), 1U);
    BOOST_TEST(reply->extensions.labels[0].label == 24001U);
}

BOOST_AUTO_TEST_CASE(fragmentation_needed) {
    auto const reply =
        decode(protocol_icmp, "203.0.113.7",
               "45c0003a 11110000 3d0105b6 cb007107 c6336401 | 0304 e9dd 00000578 |"
               "45b8001e f1074000 011195d1 c6336401 c0000209 | 5dc1 829a 000a d9f8 5947"_hex);
    BOOST_REQUIRE(reply);
    BOOST_TEST((reply->kind == ReplyKind::other_unreachable));
    BOOST_TEST(reply->icmp_code == 4);
    BOOST_TEST(reply->mtu == 1400);
}

BOOST_AUTO_TEST_CASE(time_exceeded_over_ipv6) {
    auto const reply =
        decode(protocol_icmpv6, "2001:db8:7::7",
               "0300 052c 00000000 | 6b8f1f5b 000e 11 01 20010db8000000000000000000000001"
               "20010db8000900000000000000000009 | 5dc1 829a 000e bf5a bf5af8d5 4c66"_hex);
    BOOST_REQUIRE(reply);
    BOOST_TEST((reply->kind == ReplyKind::time_exceeded));
    BOOST_TEST(reply->icmp_type == 3);
    BOOST_TEST((reply->flow == make_flow(Method::udp, Family::ipv6)));
    BOOST_TEST((reply->tag == QuotedTag{0xBF5AF8D5, true}));
    BOOST_TEST(reply->quoted_ttl.value() == 1);
    BOOST_TEST(reply->quoted_tos.value() == 0xB8);
    BOOST_TEST(!reply->quoted_ip_id);
    BOOST_TEST(reply->quoted_checksum.value() == 0xBF5A);
}

BOOST_AUTO_TEST_CASE(echo_replies) {
    auto const reply = decode(protocol_icmp, "192.0.2.9",
                              "45c0001e 11110000 3d017fd0 c0000209 c6336401 |"
                              "0000 1a34 a633 7451 cb46"_hex);
    BOOST_REQUIRE(reply);
    BOOST_TEST((reply->kind == ReplyKind::echo_reply));
    BOOST_TEST((reply->flow == make_flow(Method::icmp, Family::ipv4)));
    BOOST_TEST((reply->tag == QuotedTag{0xA6337451, true}));
    BOOST_TEST(!reply->quoted_ttl);
    BOOST_TEST(!reply->quoted_checksum);

    auto const v6 = decode(protocol_icmpv6, "2001:db8:9::9", "8100 1134 68a6 e41f c53b"_hex);
    BOOST_REQUIRE(v6);
    auto flow = make_flow(Method::icmp, Family::ipv6);
    flow.source = IpV6();
    // 0x1134 of the reply is 0x1234 of the request: type 128 instead of 129.
    BOOST_TEST((v6->flow == flow));
    BOOST_TEST((v6->tag == QuotedTag{0x68A6E41F, true}));
}

BOOST_AUTO_TEST_CASE(tcp_answers) {
    auto const decode_flags = [](char const* flags) {
        return decode(protocol_tcp, "192.0.2.9",
                      from_hex("45000028 00004000 3f06ffff c0000209 c6336401 |"
                               "0050 5dc1 01020304 87f128e9 50" +
                               std::string(flags) + "0000 0000 0000"));
    };
    auto const rst = decode_flags("14");
    BOOST_REQUIRE(rst);
    BOOST_TEST((rst->kind == ReplyKind::rst));
    BOOST_TEST((rst->flow == make_flow(Method::tcp, Family::ipv4)));
    BOOST_TEST((rst->tag == QuotedTag{0x87F128E8, true}));
    BOOST_TEST((decode_flags("12")->kind == ReplyKind::syn_ack));
    BOOST_TEST((decode_flags("16")->kind == ReplyKind::rst));
    BOOST_TEST((decode_flags("52")->kind == ReplyKind::syn_ack));  // with ECN echo
    for (char const* others : {"00", "01", "02", "04", "10", "11", "18"})
        BOOST_TEST(!decode_flags(others), "flags " << others);
}

BOOST_AUTO_TEST_CASE(every_unreachable_code_over_ipv4) {
    using enum ReplyKind;
    std::map<int, ReplyKind> const kinds{
        {0, net_unreachable},  {6, net_unreachable},  {11, net_unreachable},  {1, host_unreachable},
        {7, host_unreachable}, {8, host_unreachable}, {12, host_unreachable}, {3, port_unreachable},
        {9, prohibited},       {10, prohibited},      {13, prohibited}};
    for (int code = 0; code < 256; ++code) {
        auto const reply =
            decode_error(Family::ipv4, {.type = 3, .code = static_cast<std::uint8_t>(code)});
        BOOST_REQUIRE(reply);
        auto const known = kinds.find(code);
        BOOST_TEST((reply->kind == (known == kinds.end() ? other_unreachable : known->second)),
                   "code " << code);
        BOOST_TEST(reply->icmp_code == code);
    }
}

BOOST_AUTO_TEST_CASE(every_unreachable_code_over_ipv6) {
    using enum ReplyKind;
    std::map<int, ReplyKind> const kinds{{0, net_unreachable},  {1, prohibited},
                                         {3, host_unreachable}, {4, port_unreachable},
                                         {5, prohibited},       {6, prohibited}};
    for (int code = 0; code < 256; ++code) {
        auto const reply =
            decode_error(Family::ipv6, {.type = 1, .code = static_cast<std::uint8_t>(code)});
        BOOST_REQUIRE(reply);
        auto const known = kinds.find(code);
        BOOST_TEST((reply->kind == (known == kinds.end() ? other_unreachable : known->second)),
                   "code " << code);
    }
}

BOOST_AUTO_TEST_CASE(next_hop_mtus) {
    BOOST_TEST(decode_error(Family::ipv4, {.type = 3, .code = 3, .rest = 1400})->mtu == 0);
    BOOST_TEST(decode_error(Family::ipv6, {.type = 2, .rest = 1280})->mtu == 1280);
    BOOST_TEST(decode_error(Family::ipv6, {.type = 2, .rest = 0x10005})->mtu == 0xFFFF);
    BOOST_TEST((decode_error(Family::ipv6, {.type = 2, .rest = 1280})->kind ==
                ReplyKind::other_unreachable));
}

BOOST_AUTO_TEST_CASE(errors_that_answer_nothing_of_ours) {
    // Every type but these is none.
    for (unsigned type = 0; type < 256; ++type) {
        auto const number = static_cast<std::uint8_t>(type);
        bool const v4 = type == icmp4::unreachable || type == icmp4::time_exceeded ||
                        type == icmp4::echo_reply || type == icmp4::source_quench ||
                        type == icmp4::parameter_problem;
        BOOST_TEST(decode_error(Family::ipv4, {.type = number}).has_value() == v4, type);
        bool const v6 = (type >= 1 && type <= 4) || type == icmp6::echo_reply;
        BOOST_TEST(decode_error(Family::ipv6, {.type = number}).has_value() == v6, type);
    }
    BOOST_TEST(!decode_error(Family::ipv4, {.type = 0, .code = 1}));
    BOOST_TEST(!decode_error(Family::ipv6, {.type = 129, .code = 1}));
}

BOOST_AUTO_TEST_CASE(oddities_are_kept_with_type_and_code) {
    struct Odd {
        Family family;
        std::uint8_t type, code;
        ReplyKind kind;
    };
    using enum ReplyKind;
    for (auto const& [family, type, code, kind] :
         {Odd{Family::ipv4, icmp4::source_quench, 0, other},
          Odd{Family::ipv4, icmp4::parameter_problem, 0, other},
          Odd{Family::ipv4, icmp4::parameter_problem, 2, other},
          Odd{Family::ipv4, icmp4::time_exceeded, 1, other},
          Odd{Family::ipv6, icmp6::time_exceeded, 1, other},
          Odd{Family::ipv6, icmp6::parameter_problem, 0, other},
          Odd{Family::ipv6, icmp6::parameter_problem, 1, other_unreachable},
          Odd{Family::ipv6, icmp6::parameter_problem, 2, other}}) {
        auto const reply = decode_error(family, {.type = type, .code = code});
        BOOST_REQUIRE(reply);
        BOOST_TEST((reply->kind == kind), int{type} << '/' << int{code});
        BOOST_TEST(reply->icmp_type == type);
        BOOST_TEST(reply->icmp_code == code);
    }
}

BOOST_AUTO_TEST_CASE(quotes_of_what_we_never_send) {
    auto const quoting = [](char const* quote) {
        return time_exceeded(Family::ipv4, from_hex(quote)).decode().has_value();
    };
    BOOST_TEST(quoting("45b8001e f1074000 01110000 c6336401 c0000209 | 5dc1829a000ad9f8"));
    // Another protocol, a later fragment, another version, an echo reply, another code.
    BOOST_TEST(!quoting("45b8001e f1074000 012f0000 c6336401 c0000209 | 5dc1829a000ad9f8"));
    BOOST_TEST(!quoting("45b8001e f1074001 01110000 c6336401 c0000209 | 5dc1829a000ad9f8"));
    BOOST_TEST(!quoting("65b8001e f1074000 01110000 c6336401 c0000209 | 5dc1829a000ad9f8"));
    BOOST_TEST(quoting("45b8001e a6334000 01010000 c6336401 c0000209 | 08001234a6337451"));
    BOOST_TEST(!quoting("45b8001e a6334000 01010000 c6336401 c0000209 | 00001234a6337451"));
    BOOST_TEST(!quoting("45b8001e a6334000 01010000 c6336401 c0000209 | 08011234a6337451"));
    // ICMPv6 inside IPv4.
    BOOST_TEST(!quoting("45b8001e a6334000 013a0000 c6336401 c0000209 | 80001234a6337451"));
}

BOOST_AUTO_TEST_CASE(link_local_flows_carry_no_scope) {
    auto const message = "8100 1134 68a6 e41f c53b"_hex;
    auto const reply = decode_reply(
        {.bytes = message, .protocol = protocol_icmpv6, .source = ip("fe80::9%1"), .received = {}});
    BOOST_REQUIRE(reply);
    BOOST_TEST(reply->flow.destination.to_v6().scope_id() == 0U);
    BOOST_TEST(reply->outer.from.to_v6().scope_id() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
