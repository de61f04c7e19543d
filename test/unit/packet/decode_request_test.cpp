#include "replies.hpp"

#include <dtrace/packet/arriving_datagram.hpp>
#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/decode_request.hpp>
#include <dtrace/packet/ipv6.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <vector>

using namespace dtrace;
using namespace dtrace::packet;
using namespace dtrace::test;

namespace {

Bytes sent_request(Flow const& flow) {
    return encode(flow, {.ttl = 1, .ticks = 99}, known_secret());
}

/// From a copy that ends exactly where memory ends, so that a sanitizer sees every byte too far.
std::optional<Flow> decode_whole(ByteView whole) {
    auto const copy = std::make_unique<std::byte[]>(whole.size());
    std::ranges::copy(whole, copy.get());
    auto const datagram = arriving_datagram({copy.get(), whole.size()}, {});
    return datagram ? decode_request(*datagram) : std::nullopt;
}

std::size_t transport_at(Flow const& flow) {
    return flow.source.is_v4() ? Ipv4Header::size : Ipv6Header::size;
}

void put_checksum(Bytes& bytes, Flow const& flow, std::uint16_t value) {
    auto const at = transport_at(flow) + (flow.method == Method::udp ? 6U : 16U);
    bytes[at] = static_cast<std::byte>(value >> 8);
    bytes[at + 1] = static_cast<std::byte>(value & 0xFF);
}

std::uint32_t pseudo_sum(Bytes const& bytes, Flow const& flow) {
    return pseudo_header_sum(flow.source, flow.destination,
                             flow.method == Method::udp ? protocol_udp : protocol_tcp,
                             static_cast<std::uint32_t>(bytes.size() - transport_at(flow)));
}

/// Of UDP and TCP.
void make_true(Bytes& bytes, Flow const& flow) {
    put_checksum(bytes, flow, 0);
    put_checksum(bytes, flow,
                 complement(pseudo_sum(bytes, flow) +
                            sum_words(std::span(bytes).subspan(transport_at(flow)))));
}

/// Of UDP and TCP over both families: their checksums are verified here.
std::vector<Flow> verified_flows() {
    std::vector<Flow> flows;
    for (Family const family : {Family::ipv4, Family::ipv6})
        for (Method const method : {Method::udp, Method::tcp})
            flows.push_back(make_flow(method, family));
    return flows;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(decode_requests)

BOOST_AUTO_TEST_CASE(what_a_probe_sends_is_known_by_its_flow) {
    for (auto const& flow : all_kinds_of_flow()) {
        auto const heard = decode_whole(sent_request(flow));
        BOOST_REQUIRE(heard.has_value());
        BOOST_TEST((*heard == flow));
    }
}

BOOST_AUTO_TEST_CASE(ipv4_options_are_skipped) {
    auto const flow = make_flow(Method::udp, Family::ipv4);
    auto bytes = sent_request(flow);
    bytes.insert(bytes.begin() + 20, 4, std::byte{1});
    bytes[0] = std::byte{0x46};
    bytes[3] = static_cast<std::byte>(bytes.size());
    auto const heard = decode_whole(bytes);
    BOOST_REQUIRE(heard.has_value());
    BOOST_TEST((*heard == flow));
}

BOOST_AUTO_TEST_CASE(requests_cut_short_are_refused) {
    for (auto const& flow : all_kinds_of_flow()) {
        auto const bytes = sent_request(flow);
        std::size_t const least = flow.source.is_v4()
                                      ? bytes.size()
                                      : Ipv6Header::size + (flow.method == Method::tcp ? 20 : 8);
        for (std::size_t size = 0; size < least; ++size)
            BOOST_TEST(!decode_whole(std::span(bytes).first(size)).has_value());
    }
}

BOOST_AUTO_TEST_CASE(other_packets_are_none) {
    auto const changed = [](Flow const& flow, std::size_t index, std::uint8_t value) {
        auto bytes = sent_request(flow);
        bytes[transport_at(flow) + index] = std::byte{value};
        if (flow.method == Method::tcp) make_true(bytes, flow);
        if (flow.method == Method::icmp && flow.source.is_v4())
            set_icmp_checksum(std::span(bytes).subspan(20));
        return decode_whole(bytes).has_value();
    };
    for (Family const family : {Family::ipv4, Family::ipv6}) {
        auto const tcp = make_flow(Method::tcp, family);
        BOOST_TEST(changed(tcp, 13, tcp_syn));
        BOOST_TEST(!changed(tcp, 13, tcp_syn | tcp_ack));
        BOOST_TEST(!changed(tcp, 13, tcp_syn | tcp_rst));
        BOOST_TEST(!changed(tcp, 13, tcp_ack));
        BOOST_TEST(!changed(tcp, 12, 0x40));  // a header of 16 bytes
        auto const icmp = make_flow(Method::icmp, family);
        auto const request = family == Family::ipv4 ? icmp4::echo_request : icmp6::echo_request;
        for (unsigned type = 0; type < 256; ++type)
            BOOST_TEST(changed(icmp, 0, static_cast<std::uint8_t>(type)) == (type == request));
        BOOST_TEST(!changed(icmp, 1, 1));  // the code
    }
}

BOOST_AUTO_TEST_CASE(damaged_udp_and_tcp_is_none) {
    for (auto const& flow : verified_flows()) {
        auto const intact = sent_request(flow);
        for (std::size_t at = transport_at(flow); at < intact.size(); ++at) {
            for (unsigned bit = 1; bit < 256; bit *= 2) {
                auto bytes = intact;
                bytes[at] ^= static_cast<std::byte>(bit);
                BOOST_TEST(!decode_whole(bytes).has_value());
            }
        }
        auto elsewhere = intact;
        elsewhere[transport_at(flow) - 1] ^= std::byte{1};  // the destination
        BOOST_TEST(!decode_whole(elsewhere).has_value());
    }
}

BOOST_AUTO_TEST_CASE(half_made_checksums_pass) {
    for (auto const& flow : verified_flows()) {
        auto bytes = sent_request(flow);
        auto const half = fold(pseudo_sum(bytes, flow));
        put_checksum(bytes, flow, half);
        BOOST_TEST(decode_whole(bytes).has_value());
        put_checksum(bytes, flow, static_cast<std::uint16_t>(half ^ 1));
        BOOST_TEST(!decode_whole(bytes).has_value());
    }
}

BOOST_AUTO_TEST_CASE(udp_over_ipv4_alone_needs_no_checksum) {
    for (auto const& flow : verified_flows()) {
        auto bytes = sent_request(flow);
        put_checksum(bytes, flow, 0);
        bool const needs_none = flow.method == Method::udp && flow.source.is_v4();
        BOOST_TEST(decode_whole(bytes).has_value() == needs_none);
    }
}

BOOST_AUTO_TEST_CASE(a_damaged_icmp_v4_message_is_none) {
    auto bytes = sent_request(make_flow(Method::icmp, Family::ipv4));
    bytes.back() ^= std::byte{1};
    BOOST_TEST(!decode_whole(bytes).has_value());
}

BOOST_AUTO_TEST_CASE(another_protocol_is_none) {
    for (auto const& flow : all_kinds_of_flow()) {
        auto const bytes = sent_request(flow);
        auto datagram = *arriving_datagram(bytes, {});
        datagram.protocol = 47;
        BOOST_TEST(!decode_request(datagram).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()
