#include "socket_filter.hpp"

#include <dtrace/core/file_descriptor.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <vector>

using namespace dtrace;
using namespace dtrace::wire;

BOOST_AUTO_TEST_SUITE(socket_filter)

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr PortRange ports{24000, 24009};

/// Asks the kernel itself: the filter on one end of a socket pair, the packet from the other.
bool passes(SocketFilter filter, Bytes const& packet) {
    std::array<int, 2> ends{};
    BOOST_REQUIRE_EQUAL(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    FileDescriptor const from(ends[0]), to(ends[1]);
    sock_fprog const program{static_cast<unsigned short>(filter.size()), filter.data()};
    BOOST_REQUIRE_EQUAL(
        setsockopt(to.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), 0);
    send(from.get(), packet.data(), packet.size(), 0);
    Bytes received(packet.size() + 1);
    auto const size = recv(to.get(), received.data(), received.size(), 0);
    if (size < 0) return false;
    BOOST_TEST(static_cast<std::size_t>(size) == packet.size());
    return true;
}

Bytes operator+(Bytes left, Bytes const& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

Bytes half(unsigned value) {
    return {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

/// An IPv4 header of `words` × 4 bytes; only what the filters look at is filled in.
Bytes ipv4(std::uint8_t protocol, std::uint8_t words = 5) {
    Bytes header(words * 4u);
    header[0] = static_cast<std::uint8_t>(0x40 | words);
    header[9] = protocol;
    return header;
}

Bytes ipv6(std::uint8_t next_header) {
    Bytes header(40);
    header[0] = 0x60;
    header[6] = next_header;
    return header;
}

Bytes icmp(std::uint8_t type, unsigned checksum = 0) {
    return Bytes{type, 0} + half(checksum) + Bytes(4);
}

/// The eight bytes of a TCP or UDP header that every router quotes.
Bytes quoted_ports(unsigned source, unsigned destination) {
    return half(source) + half(destination) + Bytes(4);
}

Bytes tcp(unsigned source, unsigned destination, std::uint8_t flags) {
    Bytes header = half(source) + half(destination) + Bytes(16);
    header[12] = 0x50;
    header[13] = flags;
    return header;
}

constexpr std::uint8_t fin = 1, syn = 2, rst = 4, push = 8, ack = 16, ece = 64;

}  // namespace

BOOST_AUTO_TEST_CASE(tcp_lets_in_resets_and_syn_acks_only) {
    auto const v4 = tcp_reply_filter(Family::ipv4, ports);
    auto const v6 = tcp_reply_filter(Family::ipv6, ports);
    auto const check = [&](std::uint8_t flags, bool expected) {
        BOOST_TEST_CONTEXT("flags " << int{flags}) {
            Bytes const segment = tcp(80, 24003, flags);
            BOOST_TEST(passes(v4, ipv4(6) + segment) == expected);
            BOOST_TEST(passes(v4, ipv4(6, 15) + segment) == expected);
            BOOST_TEST(passes(v6, segment) == expected);
        }
    };
    check(syn | ack, true);
    check(syn | ack | ece, true);
    check(rst, true);
    check(rst | ack, true);
    check(syn, false);
    check(ack, false);
    check(ack | push, false);
    check(fin | ack, false);
}

BOOST_AUTO_TEST_CASE(tcp_lets_in_our_ports_only) {
    auto const v4 = tcp_reply_filter(Family::ipv4, ports);
    auto const v6 = tcp_reply_filter(Family::ipv6, ports);
    for (auto [port, expected] : {std::pair{23999u, false},
                                  {24000u, true},
                                  {24009u, true},
                                  {24010u, false},
                                  {0u, false},
                                  {65535u, false}}) {
        BOOST_TEST(passes(v4, ipv4(6) + tcp(80, port, rst)) == expected);
        BOOST_TEST(passes(v6, tcp(80, port, rst)) == expected);
        BOOST_TEST(!passes(v4, ipv4(6) + tcp(port, 80, rst)));
    }
}

BOOST_AUTO_TEST_CASE(icmp_lets_in_answers_only) {
    auto const v4 = icmp_reply_filter(Family::ipv4, ports);
    auto const v6 = icmp_reply_filter(Family::ipv6, ports);
    Bytes const quoted_v4 = ipv4(17) + quoted_ports(24000, 33434);
    Bytes const quoted_v6 = ipv6(17) + quoted_ports(24000, 33434);
    for (unsigned type = 0; type < 256; ++type) {
        auto const byte = static_cast<std::uint8_t>(type);
        bool const answer_v4 = type == 0 || type == 3 || type == 4 || type == 11 || type == 12;
        bool const answer_v6 = type == 129 || (type >= 1 && type <= 4);
        BOOST_TEST_CONTEXT("type " << type) {
            Bytes const header_v4 = icmp(byte, 24000 + 0x0800);
            Bytes const header_v6 = icmp(byte, 24000 - 0x0100);
            BOOST_TEST(passes(v4, ipv4(1) + header_v4 + quoted_v4) == answer_v4);
            BOOST_TEST(passes(v4, ipv4(1, 6) + header_v4 + quoted_v4) == answer_v4);
            BOOST_TEST(passes(v6, header_v6 + quoted_v6) == answer_v6);
        }
    }
}

BOOST_AUTO_TEST_CASE(icmp_errors_must_quote_a_packet_like_ours) {
    auto const v4 = icmp_reply_filter(Family::ipv4, ports);
    auto const v6 = icmp_reply_filter(Family::ipv6, ports);
    Bytes const error_v4 = ipv4(1) + icmp(11);
    Bytes const error_v6 = icmp(3);
    for (std::uint8_t protocol : {std::uint8_t{6}, std::uint8_t{17}}) {
        for (auto [port, expected] : {std::pair{23999u, false}, {24000u, true}, {24010u, false}}) {
            Bytes const transport = quoted_ports(port, 80);
            BOOST_TEST(passes(v4, error_v4 + ipv4(protocol) + transport) == expected);
            BOOST_TEST(passes(v4, error_v4 + ipv4(protocol, 9) + transport) == expected);
            BOOST_TEST(passes(v6, error_v6 + ipv6(protocol) + transport) == expected);
        }
    }
    for (auto [checksum, expected] : {std::pair{23999u, false}, {24000u, true}, {24010u, false}}) {
        BOOST_TEST(passes(v4, error_v4 + ipv4(1) + icmp(8, checksum)) == expected);
        BOOST_TEST(passes(v6, error_v6 + ipv6(58) + icmp(128, checksum)) == expected);
    }
    BOOST_TEST(!passes(v4, error_v4 + ipv4(1) + icmp(13, 24000)));
    BOOST_TEST(!passes(v4, error_v4 + ipv4(47) + quoted_ports(24000, 80)));
    BOOST_TEST(!passes(v6, error_v6 + ipv6(58) + icmp(135, 24000)));
    // Behind an extension header of the quoted packet only the decoder can tell.
    BOOST_TEST(passes(v6, error_v6 + ipv6(0) + Bytes(8) + quoted_ports(1, 2)));
}

BOOST_AUTO_TEST_CASE(echo_replies_must_answer_a_request_like_ours) {
    auto const v4 = icmp_reply_filter(Family::ipv4, ports);
    auto const v6 = icmp_reply_filter(Family::ipv6, ports);
    for (auto [request, expected] :
         {std::pair{23999u, false}, {24000u, true}, {24009u, true}, {24010u, false}}) {
        BOOST_TEST(passes(v4, ipv4(1) + icmp(0, request + 0x0800)) == expected);
        BOOST_TEST(passes(v6, icmp(129, request - 0x0100)) == expected);
    }
    // Where the difference would carry, all pass.
    BOOST_TEST(passes(icmp_reply_filter(Family::ipv6, {0, 100}), icmp(129, 0xff42)));
    BOOST_TEST(passes(icmp_reply_filter(Family::ipv4, {65000, 65535}), ipv4(1) + icmp(0, 1)));
}

BOOST_AUTO_TEST_CASE(short_packets_are_refused) {
    Bytes const whole = ipv4(1) + icmp(11) + ipv4(17) + quoted_ports(24000, 80);
    auto const filter = icmp_reply_filter(Family::ipv4, ports);
    BOOST_TEST(passes(filter, whole));
    // Up to the source port nothing can be told of the packet.
    for (std::size_t size = 1; size < 20 + 8 + 20 + 2; ++size)
        BOOST_TEST(!passes(filter, Bytes(whole.begin(), whole.begin() + static_cast<long>(size))));
    BOOST_TEST(!passes(tcp_reply_filter(Family::ipv4, ports), ipv4(6) + Bytes(10)));
    BOOST_TEST(!passes(tcp_reply_filter(Family::ipv6, ports), Bytes(10)));
}

// Over IPv6 the hop limit is not part of what the filter is given: request_listener_test asks a
// real socket.
BOOST_AUTO_TEST_CASE(requests_must_have_one_hop_left_and_our_numbers) {
    auto const check = [](std::uint8_t protocol, Bytes const& transport, bool expected) {
        auto const filter = request_filter(Family::ipv4, protocol, ports);
        for (std::uint8_t const words : {std::uint8_t{5}, std::uint8_t{15}}) {
            for (unsigned ttl = 0; ttl < 256; ++ttl) {
                Bytes header = ipv4(protocol, words);
                header[8] = static_cast<std::uint8_t>(ttl);
                BOOST_TEST(passes(filter, header + transport) == (expected && ttl == 1));
            }
        }
    };
    for (auto [number, expected] : {std::pair{23999u, false},
                                    {24000u, true},
                                    {24009u, true},
                                    {24010u, false},
                                    {0u, false},
                                    {65535u, false}}) {
        check(17, quoted_ports(number, 33434), expected);
        check(6, tcp(number, 80, syn), expected);
        check(1, icmp(8, number), expected);
    }
    check(6, tcp(24000, 80, syn | ece), true);
    for (std::uint8_t const flags : Bytes{syn | ack, syn | rst, syn | fin, ack, rst, 0})
        check(6, tcp(24000, 80, flags), false);
    for (unsigned type = 0; type < 256; ++type)
        if (type != 8) check(1, icmp(static_cast<std::uint8_t>(type), 24000), false);
}

BOOST_AUTO_TEST_CASE(drop_all_lets_nothing_in) {
    BOOST_TEST(!passes(drop_all_filter(), ipv4(1) + icmp(0, 24000 + 0x0800)));
}

BOOST_AUTO_TEST_SUITE_END()
