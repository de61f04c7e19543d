#include "replies.hpp"

#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/icmp_extension.hpp>
#include <dtrace/packet/ipv6.hpp>

#include <boost/test/unit_test.hpp>

#include <random>

using namespace dtrace;
using namespace dtrace::packet;
using namespace dtrace::test;

namespace {

std::size_t ip_size(Flow const& flow) {
    return flow.source.is_v4() ? 20 : 40;
}

/// A packet of the flow, and what must come back from it.
struct Sent {
    Flow flow;
    Secret secret = make_secret();
    Tag tag;
    Bytes bytes;

    Sent(Flow const& of, Tag wanted)
        : flow(of),
          tag(usable_tag(wanted, flow_mask(of, secret))),
          bytes(encode(of, tag, secret)) {}

    [[nodiscard]] bool recognised(Reply const& reply) const {
        return reply.flow == flow && reply.tag.complete &&
               unseal(reply.tag.value, flow_mask(reply.flow, secret)) == tag;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(round_trip)

BOOST_AUTO_TEST_CASE(any_tag_comes_back_from_a_full_quote) {
    std::mt19937 random(5);
    for (auto const& flow : all_kinds_of_flow())
        for (int i = 0; i < 1000; ++i) {
            Sent const sent(flow, random_tag(random));
            auto const reply = time_exceeded(family_of(flow.source), sent.bytes).decode();
            BOOST_REQUIRE(reply);
            BOOST_REQUIRE(sent.recognised(*reply));
            BOOST_REQUIRE(reply->kind == ReplyKind::time_exceeded);
            BOOST_REQUIRE(reply->quoted_ttl.value() == sent.tag.ttl);
        }
}

BOOST_AUTO_TEST_CASE(eight_quoted_bytes_are_enough) {
    std::mt19937 random(6);
    for (auto const& flow : all_kinds_of_flow()) {
        Sent const sent(flow, random_tag(random));
        auto const quote = std::span(sent.bytes).first(ip_size(flow) + 8);
        auto const answer = time_exceeded(family_of(flow.source), quote);
        if (flow.source.is_v4()) BOOST_TEST(answer.bytes.size() == 20U + 36U);
        auto const reply = answer.decode();
        BOOST_REQUIRE(reply);
        if (flow.method == Method::udp && flow.source.is_v6()) {
            BOOST_TEST((reply->flow == flow));
            BOOST_TEST(!reply->tag.complete);
            BOOST_TEST(reply->tag.value ==
                       (seal(sent.tag, flow_mask(flow, sent.secret)) & 0xFFFF0000));
        } else {
            BOOST_TEST(sent.recognised(*reply));
        }
    }
}

BOOST_AUTO_TEST_CASE(udp_v6_quoted_to_the_tag_and_padded) {
    Sent const sent(make_flow(Method::udp, Family::ipv6), {.ttl = 9, .ticks = 77});
    auto const decode = [&](std::size_t quoted) {
        Bytes quote(sent.bytes.begin(), sent.bytes.begin() + static_cast<std::ptrdiff_t>(quoted));
        return time_exceeded_with(Family::ipv6, quote, {}, false).decode();
    };
    // Zeros of the padding are not taken for a tag.
    for (std::size_t quoted = 48; quoted < 50; ++quoted)
        BOOST_TEST(!decode(quoted)->tag.complete);
    BOOST_TEST(sent.recognised(*decode(52)));
    BOOST_TEST(sent.recognised(*decode(54)));
}

BOOST_AUTO_TEST_CASE(extensions_come_with_the_reply_in_both_forms) {
    std::vector<MplsLabel> const stack{{24001, 0, false, 1}, {3, 5, true, 1}};
    auto const extension = mpls_extension(stack);
    for (auto const& flow : all_kinds_of_flow()) {
        Sent const sent(flow, {.ttl = 3, .ticks = 1'000'000});
        for (bool const stated : {true, false}) {
            auto const reply =
                time_exceeded_with(family_of(flow.source), sent.bytes, extension, stated).decode();
            BOOST_REQUIRE(reply);
            BOOST_TEST(sent.recognised(*reply));
            BOOST_TEST((reply->extensions.labels == stack));
        }
    }
}

BOOST_AUTO_TEST_CASE(quotes_with_ip_options_and_extension_headers) {
    // A router option in the quoted IPv4 header.
    Sent const v4(make_flow(Method::udp, Family::ipv4), {.ttl = 3, .ticks = 1'000'000});
    Bytes with_options = v4.bytes;
    with_options[0] = std::byte{0x47};
    auto const options = "94040000 01010101"_hex;
    with_options.insert(with_options.begin() + 20, options.begin(), options.end());
    auto const reply = time_exceeded(Family::ipv4, with_options).decode();
    BOOST_REQUIRE(reply);
    BOOST_TEST(v4.recognised(*reply));

    // A destination options header in the quoted IPv6 packet.
    Sent const v6(make_flow(Method::tcp, Family::ipv6), {.ttl = 3, .ticks = 1'000'000});
    Bytes with_header = v6.bytes;
    with_header[6] = std::byte{60};
    auto const header = "0600 010400000000"_hex;
    with_header.insert(with_header.begin() + 40, header.begin(), header.end());
    auto const reply_v6 = time_exceeded(Family::ipv6, with_header).decode();
    BOOST_REQUIRE(reply_v6);
    BOOST_TEST(v6.recognised(*reply_v6));
}

BOOST_AUTO_TEST_CASE(echo_replies_tell_the_flow_by_their_checksum) {
    for (Family const family : {Family::ipv4, Family::ipv6})
        for (unsigned checksum = 1; checksum < 0xFFFF; checksum += 7) {
            auto flow = make_flow(Method::icmp, family);
            flow.id = static_cast<std::uint16_t>(checksum);
            Sent const sent(flow, {.ttl = 12, .ticks = checksum * 99});
            auto reply = echo_reply(sent.bytes, flow).decode();
            BOOST_REQUIRE(reply);
            BOOST_REQUIRE(reply->kind == ReplyKind::echo_reply);
            if (family == Family::ipv6) {
                BOOST_REQUIRE(reply->flow.source.is_unspecified());
                reply->flow.source = flow.source;
            }
            BOOST_REQUIRE(sent.recognised(*reply));
        }
}

BOOST_AUTO_TEST_CASE(targets_acknowledge_the_tag) {
    for (Family const family : {Family::ipv4, Family::ipv6}) {
        auto const flow = make_flow(Method::tcp, family);
        Sent const sent(flow, {.ttl = 12, .ticks = 4711});
        for (auto const& [flags, kind] :
             {std::pair<std::uint8_t, ReplyKind>{tcp_rst | tcp_ack, ReplyKind::rst},
              {tcp_syn | tcp_ack, ReplyKind::syn_ack}}) {
            auto reply = tcp_answer(sent.bytes, flow, flags).decode();
            BOOST_REQUIRE(reply);
            BOOST_TEST((reply->kind == kind));
            BOOST_TEST(!reply->quoted_ttl.has_value());
            if (family == Family::ipv6) reply->flow.source = flow.source;
            BOOST_TEST(sent.recognised(*reply));
        }
    }
}

BOOST_AUTO_TEST_CASE(under_another_secret_a_reply_is_nonsense) {
    int believable = 0;
    Tag const tag{.ttl = 5, .ticks = 1'000'000};
    for (int i = 0; i < 200; ++i)
        for (auto const& flow : all_kinds_of_flow()) {
            Sent const foreign(flow, tag);
            auto const reply = time_exceeded(family_of(flow.source), foreign.bytes).decode();
            BOOST_REQUIRE(reply);
            auto const mask = flow_mask(reply->flow, known_secret());
            Tag const read = unseal(reply->tag.value, mask);
            // Sent to this TTL, within the last half second?
            auto const since = age(read.ticks, tag.ticks + 1000);
            believable += read.ttl == tag.ttl && since >= Duration(0) && since < milliseconds(500);
        }
    // 1200 draws, each with a chance of 1 in 34,000.
    BOOST_TEST(believable <= 2);
}

BOOST_AUTO_TEST_CASE(a_rewritten_destination_is_reported_and_leaves_the_high_half) {
    auto const flow = make_flow(Method::udp, Family::ipv4);
    Sent const sent(flow, {.ttl = 9, .ticks = 1234567});
    Bytes quote = sent.bytes;
    quote[19] ^= std::byte{0x55};
    quote[27] ^= std::byte{0x55};
    auto const reply = time_exceeded(Family::ipv4, quote).decode();
    BOOST_REQUIRE(reply);
    BOOST_TEST(!(reply->flow.destination == flow.destination));
    auto const sealed = seal(sent.tag, flow_mask(flow, sent.secret));
    BOOST_TEST((reply->tag.value >> 16) == (sealed >> 16));
    BOOST_TEST(reply->tag.value != sealed);
    BOOST_TEST(unseal(reply->tag.value, flow_mask(flow, sent.secret)).ttl == 9);
}

BOOST_AUTO_TEST_SUITE_END()
