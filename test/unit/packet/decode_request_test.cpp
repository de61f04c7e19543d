#include "replies.hpp"

#include <dtrace/packet/arriving_datagram.hpp>
#include <dtrace/packet/decode_request.hpp>
#include <dtrace/packet/ipv6.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>

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

/// What can be known of it at its target.
Flow as_heard(Flow flow) {
    if (flow.source.is_v6()) flow.destination = IpV6();
    return flow;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(decode_requests)

BOOST_AUTO_TEST_CASE(what_a_probe_sends_is_known_by_its_flow) {
    for (auto const& flow : all_kinds_of_flow()) {
        auto const heard = decode_whole(sent_request(flow));
        BOOST_REQUIRE(heard.has_value());
        BOOST_TEST((*heard == as_heard(flow)));
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
        bytes[(flow.source.is_v4() ? 20U : 40U) + index] = std::byte{value};
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
