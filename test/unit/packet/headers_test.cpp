#include <dtrace/packet/icmp.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/ipv6.hpp>
#include <dtrace/packet/tcp.hpp>
#include <dtrace/packet/udp.hpp>

#include <boost/test/unit_test.hpp>

#include <hex.hpp>

#include <array>

using namespace dtrace;
using namespace dtrace::packet;
using namespace dtrace::test;

namespace {

template <class Header>
std::string written(Header const& header) {
    std::array<std::byte, 64> out{};
    ByteWriter writer(out);
    header.write(writer);
    return to_hex(writer.written());
}

/// Every prefix shorter than `size` is refused.
template <class Header>
void refuses_shorter_than(std::size_t size, Bytes const& bytes) {
    for (std::size_t i = 0; i < size; ++i)
        BOOST_TEST(!Header::parse(std::span(bytes).first(i)), "accepted " << i << " bytes");
    BOOST_TEST(Header::parse(std::span(bytes).first(size)).has_value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(headers)

BOOST_AUTO_TEST_CASE(ipv4_every_field) {
    auto const bytes = "45 b8 0073 1234 6005 40 11 0000 c0000201 c6336402"_hex;
    auto const header = Ipv4Header::parse(bytes);
    BOOST_REQUIRE(header);
    BOOST_TEST(header->header_size == 20);
    BOOST_TEST(header->tos == 0xB8);
    BOOST_TEST(header->total_length == 0x73);
    BOOST_TEST(header->id == 0x1234);
    BOOST_TEST(header->dont_fragment);
    BOOST_TEST(header->more_fragments);
    BOOST_TEST(header->fragment_offset == 5);
    BOOST_TEST(header->ttl == 64);
    BOOST_TEST(header->protocol == protocol_udp);
    BOOST_TEST(header->source.to_string() == "192.0.2.1");
    BOOST_TEST(header->destination.to_string() == "198.51.100.2");
    BOOST_TEST(!header_intact(*header, bytes));

    // Written with its checksum.
    auto const again = from_hex(written(*header));
    BOOST_TEST(to_hex(again) == "45b800731234600540111b52c0000201c6336402");
    BOOST_TEST(header_intact(*Ipv4Header::parse(again), again));
    refuses_shorter_than<Ipv4Header>(20, bytes);
}

BOOST_AUTO_TEST_CASE(ipv4_options_and_wrong_versions) {
    auto bytes = "46 00 0020 0000 0000 01 01 0000 c0000201 c6336402 94040000"_hex;
    auto const header = Ipv4Header::parse(bytes);
    BOOST_REQUIRE(header);
    BOOST_TEST(header->header_size == 24);
    refuses_shorter_than<Ipv4Header>(24, bytes);

    for (unsigned first : {0x44U, 0x40U, 0x4FU, 0x65U, 0x05U}) {
        bytes[0] = static_cast<std::byte>(first);
        BOOST_TEST(!Ipv4Header::parse(bytes), "accepted " << first);
    }
}

BOOST_AUTO_TEST_CASE(ipv6_every_field) {
    auto const bytes =
        "6b8abcde 0010 11 07 20010db8000000000000000000000001 20010db8000900000000000000000009"_hex;
    auto const header = Ipv6Header::parse(bytes);
    BOOST_REQUIRE(header);
    BOOST_TEST(header->traffic_class == 0xB8);
    BOOST_TEST(header->flow_label == 0xABCDEU);
    BOOST_TEST(header->payload_length == 16);
    BOOST_TEST(header->next_header == protocol_udp);
    BOOST_TEST(header->hop_limit == 7);
    BOOST_TEST(header->source.to_string() == "2001:db8::1");
    BOOST_TEST(header->destination.to_string() == "2001:db8:9::9");
    BOOST_TEST(written(*header) == to_hex(bytes));
    refuses_shorter_than<Ipv6Header>(40, bytes);
    auto other = bytes;
    other[0] = std::byte{0x4B};
    BOOST_TEST(!Ipv6Header::parse(other));
}

BOOST_AUTO_TEST_CASE(ipv6_extension_headers_are_stepped_over) {
    // Hop-by-hop (8), routing (16), first fragment (8), destination options (8), then UDP.
    auto const bytes =
        "2b00 000000000000 2c01 0000000000000000000000000000 3c00 0001 00000007"
        "1100 000000000000 5dc1829a000a0000"_hex;
    auto const payload = skip_extension_headers(0, bytes);
    BOOST_REQUIRE(payload);
    BOOST_TEST(payload->protocol == protocol_udp);
    BOOST_TEST(to_hex(payload->bytes) == "5dc1829a000a0000");
    for (std::size_t i = 0; i < 40; ++i)
        BOOST_TEST(!skip_extension_headers(0, std::span(bytes).first(i)));
}

BOOST_AUTO_TEST_CASE(ipv6_later_fragments_and_endless_chains_are_refused) {
    BOOST_TEST(!skip_extension_headers(44, "1100 0008 00000007 5dc1829a"_hex));
    auto const chain = [](int headers) {
        Bytes bytes;
        for (int i = 0; i < headers; ++i) {
            auto const header = "3c00000000000000"_hex;
            bytes.insert(bytes.end(), header.begin(), header.end());
        }
        bytes[bytes.size() - 8] = std::byte{protocol_udp};
        return bytes;
    };
    BOOST_TEST(skip_extension_headers(60, chain(8)).has_value());
    BOOST_TEST(!skip_extension_headers(60, chain(9)));
    BOOST_TEST(!skip_extension_headers(60, chain(1000)));
    BOOST_TEST(skip_extension_headers(protocol_tcp, {})->bytes.empty());
}

BOOST_AUTO_TEST_CASE(udp_every_field) {
    auto const bytes = "5dc1 829a 000a d9f8"_hex;
    auto const header = UdpHeader::parse(bytes);
    BOOST_REQUIRE(header);
    BOOST_TEST(header->source_port == 24001);
    BOOST_TEST(header->destination_port == 33434);
    BOOST_TEST(header->length == 10);
    BOOST_TEST(header->checksum == 0xD9F8);
    BOOST_TEST(written(*header) == to_hex(bytes));
    refuses_shorter_than<UdpHeader>(8, bytes);
}

BOOST_AUTO_TEST_CASE(tcp_every_field) {
    auto const bytes = "5dc1 0050 87f128e8 01020304 60 12 faf0 a20c 0506"_hex;
    auto const header = TcpHeader::parse(bytes);
    BOOST_REQUIRE(header);
    BOOST_TEST(header->source_port == 24001);
    BOOST_TEST(header->destination_port == 80);
    BOOST_TEST(header->sequence == 0x87F128E8U);
    BOOST_TEST(header->acknowledgment == 0x01020304U);
    BOOST_TEST(header->header_size == 24);
    BOOST_TEST(header->flags == (tcp_syn | tcp_ack));
    BOOST_TEST(header->window == 64240);
    BOOST_TEST(header->checksum == 0xA20C);
    BOOST_TEST(header->urgent == 0x0506);
    BOOST_TEST(written(*header) == to_hex(bytes));
    refuses_shorter_than<TcpHeader>(20, bytes);
    auto small_offset = bytes;
    small_offset[12] = std::byte{0x40};
    BOOST_TEST(!TcpHeader::parse(small_offset));
}

BOOST_AUTO_TEST_CASE(icmp_every_field) {
    auto const bytes = "08 01 1234 a633 7451"_hex;
    auto const header = IcmpHeader::parse(bytes);
    BOOST_REQUIRE(header);
    BOOST_TEST(header->type == icmp4::echo_request);
    BOOST_TEST(header->code == 1);
    BOOST_TEST(header->checksum == 0x1234);
    BOOST_TEST(header->identifier() == 0xA633);
    BOOST_TEST(header->sequence() == 0x7451);
    BOOST_TEST(written(*header) == to_hex(bytes));
    refuses_shorter_than<IcmpHeader>(8, bytes);
}

BOOST_AUTO_TEST_CASE(icmp_checksums_are_put_in_place) {
    auto message = "0800 ffff a6337451 cb46"_hex;
    set_icmp_checksum(message);
    BOOST_TEST(to_hex(message) == "08001234a6337451cb46");

    auto v6 = "8000 ffff 68a6e41f c53b"_hex;
    set_icmpv6_checksum(v6, boost::asio::ip::make_address_v6("2001:db8::1"),
                        boost::asio::ip::make_address_v6("2001:db8:9::9"));
    BOOST_TEST(to_hex(v6) == "8000123468a6e41fc53b");

    auto no_message = "0800ff"_hex;
    set_icmp_checksum(no_message);
    BOOST_TEST(to_hex(no_message) == "0800ff");
}

BOOST_AUTO_TEST_CASE(quote_lengths_are_in_words_of_the_family) {
    BOOST_TEST(stated_quote_length(Family::ipv4, 128) == 0x00200000U);
    BOOST_TEST(stated_quote_length(Family::ipv6, 128) == 0x10000000U);
}

BOOST_AUTO_TEST_SUITE_END()
