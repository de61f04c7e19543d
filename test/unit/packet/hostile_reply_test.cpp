#include "replies.hpp"

#include <dtrace/packet/icmp_extension.hpp>
#include <dtrace/packet/tag.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <random>

using namespace dtrace;
using namespace dtrace::packet;
using namespace dtrace::test;

namespace {

Tag const sent_tag{.ttl = 7, .ticks = 0x155AA55};

Bytes sent(Flow const& flow) {
    return encode(flow, sent_tag, known_secret());
}

/// One answer of each form to each kind of flow.
std::vector<Answer> all_answers() {
    std::vector<Answer> answers;
    auto const extension = mpls_extension(std::vector<MplsLabel>{{24001, 0, true, 1}});
    for (auto const& flow : all_kinds_of_flow()) {
        auto const family = family_of(flow.source);
        answers.push_back(time_exceeded(family, sent(flow)));
        answers.push_back(time_exceeded_with(family, sent(flow), extension, true));
        answers.push_back(time_exceeded_with(family, sent(flow), extension, false));
        if (flow.method == Method::icmp) answers.push_back(echo_reply(sent(flow), flow));
        if (flow.method == Method::tcp)
            answers.push_back(tcp_answer(sent(flow), flow, tcp_rst | tcp_ack));
    }
    return answers;
}

/// Decodes a copy that ends exactly where memory ends, so that a sanitizer sees every byte too far.
std::optional<Reply> decode_alone(Answer const& answer, ByteView view) {
    auto const copy = std::make_unique<std::byte[]>(view.size());
    std::ranges::copy(view, copy.get());
    return answer.decode_bytes({copy.get(), view.size()});
}

void fix_lengths_and_checksum(Bytes& bytes) {
    ByteWriter(std::span(bytes).subspan(2, 2)).u16(static_cast<std::uint16_t>(bytes.size()));
    set_icmp_checksum(std::span(bytes).subspan(20));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hostile_replies)

BOOST_AUTO_TEST_CASE(ipv4_answers_cut_short_are_refused) {
    for (auto const& answer : all_answers()) {
        if (!answer.from.is_v4()) continue;
        BOOST_TEST(decode_alone(answer, answer.bytes).has_value());
        for (std::size_t size = 0; size < answer.bytes.size(); ++size)
            BOOST_TEST(!decode_alone(answer, std::span(answer.bytes).first(size)));
    }
}

// The same with a length and checksum that agree with the cut: what is left must suffice.
BOOST_AUTO_TEST_CASE(quotes_cut_short_are_read_from_eight_bytes_on) {
    for (auto const& flow : all_kinds_of_flow()) {
        bool const v4 = flow.source.is_v4();
        auto const answer = time_exceeded(family_of(flow.source), sent(flow));
        std::size_t const enough = v4 ? 20 + 8 + 20 + 8 : 8 + 40 + 8;
        for (std::size_t size = v4 ? 28 : 0; size <= answer.bytes.size(); ++size) {
            Bytes bytes(answer.bytes.begin(),
                        answer.bytes.begin() + static_cast<std::ptrdiff_t>(size));
            if (v4) fix_lengths_and_checksum(bytes);
            BOOST_TEST(decode_alone(answer, bytes).has_value() == (size >= enough), size);
        }
    }
}

BOOST_AUTO_TEST_CASE(echo_replies_and_segments_cut_short_are_refused) {
    auto const icmp = make_flow(Method::icmp, Family::ipv6);
    auto const echo = echo_reply(sent(icmp), icmp);
    for (std::size_t size = 0; size < 8; ++size)
        BOOST_TEST(!decode_alone(echo, std::span(echo.bytes).first(size)));
    auto const tcp = make_flow(Method::tcp, Family::ipv6);
    auto const rst = tcp_answer(sent(tcp), tcp, tcp_rst | tcp_ack);
    for (std::size_t size = 0; size < 20; ++size)
        BOOST_TEST(!decode_alone(rst, std::span(rst.bytes).first(size)));
}

BOOST_AUTO_TEST_CASE(trailing_bytes_of_the_link_are_ignored) {
    auto answer = time_exceeded(Family::ipv4, sent(make_flow(Method::udp, Family::ipv4)));
    answer.bytes.resize(answer.bytes.size() + 6, std::byte{0xAA});
    BOOST_TEST(answer.decode().has_value());
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_in_an_icmpv4_message_is_refused) {
    for (auto const& answer : all_answers()) {
        if (answer.protocol != protocol_icmp) continue;
        for (std::size_t bit = 20 * 8; bit < answer.bytes.size() * 8; ++bit) {
            auto bytes = answer.bytes;
            bytes[bit / 8] ^= std::byte{1} << (bit % 8);
            BOOST_TEST(!answer.decode_bytes(bytes), "bit " << bit);
        }
    }
}

// IPv6 and TCP: whatever is flipped, it is either refused or decoded without harm, and a changed
// tag never unseals to what was sent.
BOOST_AUTO_TEST_CASE(flipped_tag_bits_are_never_believed) {
    auto const flow = make_flow(Method::tcp, Family::ipv6);
    auto const mask = flow_mask(flow, known_secret());
    Tag const tag = usable_tag(sent_tag, mask);
    auto const rst = tcp_answer(encode(flow, tag, known_secret()), flow, tcp_rst | tcp_ack);
    for (std::size_t bit = 0; bit < rst.bytes.size() * 8; ++bit) {
        auto bytes = rst.bytes;
        bytes[bit / 8] ^= std::byte{1} << (bit % 8);
        auto const reply = decode_alone(rst, bytes);
        bool const in_tag = bit >= 8 * 8 && bit < 12 * 8;
        bool const in_ports = bit < 4 * 8;
        if (!reply || !(in_tag || in_ports)) continue;
        BOOST_TEST(!(unseal(reply->tag.value, flow_mask(reply->flow, known_secret())) == tag));
    }
}

BOOST_AUTO_TEST_CASE(hostile_lengths_in_the_ip_header) {
    auto const answer = time_exceeded(Family::ipv4, sent(make_flow(Method::udp, Family::ipv4)));
    for (unsigned length : {0U, 19U, 20U, 27U, 28U, 0xFFFFU}) {
        auto bytes = answer.bytes;
        ByteWriter(std::span(bytes).subspan(2, 2)).u16(static_cast<std::uint16_t>(length));
        BOOST_TEST(!decode_alone(answer, bytes), length);
    }
    for (unsigned first : {0x40U, 0x44U, 0x4FU, 0x46U, 0x65U}) {
        auto bytes = answer.bytes;
        bytes[0] = static_cast<std::byte>(first);
        BOOST_TEST(!decode_alone(answer, bytes), first);
    }
    auto fragment = answer.bytes;
    fragment[7] = std::byte{1};
    BOOST_TEST(!decode_alone(answer, fragment));
}

BOOST_AUTO_TEST_CASE(the_protocol_must_be_the_one_it_came_by) {
    auto const flow = make_flow(Method::tcp, Family::ipv4);
    auto answer = tcp_answer(sent(flow), flow, tcp_rst | tcp_ack);
    for (unsigned protocol = 0; protocol < 256; ++protocol) {
        answer.protocol = static_cast<std::uint8_t>(protocol);
        BOOST_TEST(answer.decode().has_value() == (protocol == protocol_tcp), protocol);
    }
    auto const v6 = make_flow(Method::tcp, Family::ipv6);
    auto answer_v6 = tcp_answer(sent(v6), v6, tcp_rst | tcp_ack);
    for (unsigned protocol : {0U, 1U, 17U, 58U}) {
        answer_v6.protocol = static_cast<std::uint8_t>(protocol);
        BOOST_TEST(!answer_v6.decode(), protocol);
    }
}

BOOST_AUTO_TEST_CASE(every_stated_quote_length) {
    for (Family const family : {Family::ipv4, Family::ipv6}) {
        auto const type = family == Family::ipv4 ? icmp4::time_exceeded : icmp6::time_exceeded;
        auto const quote = sent(make_flow(Method::udp, family));
        for (unsigned length = 0; length < 256; ++length) {
            auto const rest = family == Family::ipv4 ? length << 16 : length << 24;
            auto const answer = icmp_from_router(family, {.type = type, .rest = rest}, quote);
            auto const reply = decode_alone(answer, answer.bytes);
            BOOST_REQUIRE(reply);
            BOOST_TEST(reply->extensions.labels.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(random_bytes_do_no_harm) {
    std::mt19937 random(9);
    for (int i = 0; i < 200'000; ++i) {
        Bytes bytes(random() % 200);
        for (auto& b : bytes)
            b = static_cast<std::byte>(random() & 0xFF);
        if (i % 2 != 0 && bytes.size() >= 28) {
            bytes[0] = std::byte{0x45};
            bytes[6] = bytes[7] = std::byte{0};
            bytes[9] = std::byte{protocol_icmp};
            bytes[20] = std::byte{icmp4::time_exceeded};
            bytes[21] = std::byte{0};
            fix_lengths_and_checksum(bytes);
        }
        Answer const v4{{}, protocol_icmp, ip("203.0.113.7")};
        Answer const v6{{}, protocol_icmpv6, ip("2001:db8:7::7")};
        for (auto const& reply : {decode_alone(v4, bytes), decode_alone(v6, bytes)})
            if (reply) BOOST_REQUIRE(reply->extensions.labels.size() <= max_extension_items);
    }
}

BOOST_AUTO_TEST_SUITE_END()
