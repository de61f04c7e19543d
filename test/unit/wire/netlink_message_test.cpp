#include "packet/netlink_message.hpp"

#include "hex.hpp"

#include <boost/test/unit_test.hpp>

#include <bit>

using namespace dtrace;
using namespace dtrace::wire;

// The bytes are as a little-endian kernel writes them.
static_assert(std::endian::native == std::endian::little);

namespace {

IpAddress address(std::string_view text) {
    return *parse<IpAddress>(text);
}

/// nlmsghdr of a message of `type` for question 7, whose body is `body`.
std::vector<std::byte> message(std::uint16_t type, std::vector<std::byte> const& body,
                               std::uint8_t sequence = 7) {
    std::vector<std::byte> bytes(16);
    bytes[0] = static_cast<std::byte>(16 + body.size());
    bytes[4] = static_cast<std::byte>(type);
    bytes[8] = std::byte{sequence};
    bytes.insert(bytes.end(), body.begin(), body.end());
    return bytes;
}

constexpr std::uint16_t new_route = 24, new_neighbour = 28, new_link = 16;

// family, dst_len, src_len, tos, table, protocol, scope, type, flags; then attributes
std::string const unicast_v4 = "02 20 00 00 fe 00 00 01 00020000 ";
std::string const to_v4 = "0800 0100 c6336409 ";           // RTA_DST 198.51.100.9
std::string const by_interface_5 = "0800 0400 05000000 ";  // RTA_OIF
std::string const by_gateway = "0800 0500 c0000201 ";      // RTA_GATEWAY 192.0.2.1

// family, padding, interface 5, state, flags, type; then NDA_DST and NDA_LLADDR
std::string neighbour(std::string const& state) {
    return "02 00 0000 05000000 " + state + " 00 01 0800 0100 c0000201 ";
}
std::string const hardware = "0a00 0200 020000000077 0000 ";

}  // namespace

BOOST_AUTO_TEST_SUITE(netlink_message)

BOOST_AUTO_TEST_CASE(questions_byte_by_byte) {
    BOOST_TEST((ask_route(address("198.51.100.9"), 0, 7) ==
                test::from_hex("24000000 1a00 0100 07000000 00000000 "
                               "02 20 00 00 00 00 00 00 00000000 0800 0100 c6336409")));
    BOOST_TEST((ask_route(address("198.51.100.9"), 5, 7) ==
                test::from_hex("2c000000 1a00 0100 07000000 00000000 "
                               "02 20 00 00 00 00 00 00 00000000 0800 0100 c6336409 "
                               "0800 0400 05000000")));
    BOOST_TEST((ask_neighbour(5, address("2001:db8::1"), 0x01020304) ==
                test::from_hex("30000000 1e00 0100 04030201 00000000 "
                               "0a 00 0000 05000000 0000 00 00 "
                               "1400 0100 20010db8000000000000000000000001")));
}

BOOST_AUTO_TEST_CASE(a_route_through_a_gateway) {
    auto const bytes =
        message(new_route, test::from_hex(unicast_v4 + to_v4 + by_interface_5 + by_gateway));
    auto const route = read_route(bytes, 7);
    BOOST_REQUIRE(route);
    BOOST_TEST(route->plain);
    BOOST_TEST(route->interface == 5U);
    BOOST_TEST(to_text(route->gateway.value()) == "192.0.2.1");
    BOOST_TEST(!read_route(bytes, 8));
    BOOST_TEST(!read_neighbour(bytes, 7));
}

BOOST_AUTO_TEST_CASE(a_route_to_a_neighbour) {
    auto const route =
        read_route(message(new_route, test::from_hex(unicast_v4 + by_interface_5)), 7);
    BOOST_TEST(route.value().plain);
    BOOST_TEST(!route->gateway);
}

BOOST_AUTO_TEST_CASE(a_gateway_of_the_other_family) {
    std::string const via = "1600 1200 0a00 fe800000000000000000000000000001 0000 ";
    auto const route =
        read_route(message(new_route, test::from_hex(unicast_v4 + via + by_interface_5)), 7);
    BOOST_TEST(route.value().plain);
    BOOST_TEST(to_text(route->gateway.value()) == "fe80::1");
}

BOOST_AUTO_TEST_CASE(ways_that_are_the_kernels_business) {
    for (std::string const& body :
         {"02 20 00 00 ff 00 fe 02 00020000 " + by_interface_5,   // local
          "02 20 00 00 fe 00 00 07 00020000 " + by_interface_5,   // unreachable
          unicast_v4 + to_v4,                                     // no interface
          unicast_v4 + by_interface_5 + "0800 1600 00000000 ",    // encapsulated
          unicast_v4 + by_interface_5 + "0600 0500 c000 0000 "})  // half a gateway
        BOOST_TEST(!read_route(message(new_route, test::from_hex(body)), 7).value().plain, body);
}

BOOST_AUTO_TEST_CASE(a_neighbour_that_the_kernel_would_use) {
    for (char const* state : {"0200", "0400", "0800", "1000", "8000"}) {
        auto const bytes = message(new_neighbour, test::from_hex(neighbour(state) + hardware));
        auto const known = read_neighbour(bytes, 7);
        HardwareAddress const expected{2, 0, 0, 0, 0, 0x77};
        BOOST_TEST((known.value().address.value() == expected), state);
    }
    for (char const* state : {"0000", "0100", "2000"}) {  // none, incomplete, failed
        auto const bytes = message(new_neighbour, test::from_hex(neighbour(state) + hardware));
        BOOST_TEST(!read_neighbour(bytes, 7).value().address, state);
    }
}

BOOST_AUTO_TEST_CASE(a_hardware_address_of_another_kind_is_none) {
    for (char const* other : {"", "0800 0200 0a000001 ", "0400 0200 "}) {
        auto const bytes = message(new_neighbour, test::from_hex(neighbour("0200") + other));
        BOOST_TEST(!read_neighbour(bytes, 7).value().address);
    }
}

BOOST_AUTO_TEST_CASE(an_error_is_no_answer) {
    auto const error = message(2, test::from_hex("9bffffff 24000000 1a00 0100 07000000 00000000"));
    BOOST_TEST(!read_route(error, 7));
    BOOST_TEST(!read_neighbour(error, 7));
}

BOOST_AUTO_TEST_CASE(the_answer_may_stand_behind_others) {
    auto bytes = message(new_route, test::from_hex(unicast_v4 + by_interface_5), 6);
    auto const wanted =
        message(new_route, test::from_hex(unicast_v4 + by_interface_5 + by_gateway));
    bytes.insert(bytes.end(), wanted.begin(), wanted.end());
    BOOST_TEST(read_route(bytes, 7).value().gateway.has_value());
}

BOOST_AUTO_TEST_CASE(whatever_is_cut_off_or_lies_about_its_length_is_survived) {
    auto const whole = message(new_neighbour, test::from_hex(neighbour("0200") + hardware));
    for (std::size_t size = 0; size < whole.size(); ++size)
        BOOST_TEST(!read_neighbour(std::span(whole).first(size), 7), size);
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (unsigned value : {0U, 1U, 3U, 5U, 0x7FU, 0xFFU}) {
            auto changed = whole;
            changed[at] = static_cast<std::byte>(value);
            static_cast<void>(read_neighbour(changed, 7));
            static_cast<void>(read_route(changed, 7));
            static_cast<void>(read_changes(changed));
        }
    auto endless = message(new_neighbour, {});
    endless[0] = std::byte{0};  // a length of nothing
    BOOST_TEST(!read_changes(endless).neighbours);
}

BOOST_AUTO_TEST_CASE(changes_are_told_apart) {
    auto const neighbours = read_changes(message(new_neighbour, test::from_hex(neighbour("0200"))));
    BOOST_TEST(neighbours.neighbours);
    BOOST_TEST(!neighbours.routes);
    for (std::uint16_t const type : {new_route, new_link, std::uint16_t{25}, std::uint16_t{20}}) {
        auto const routes = read_changes(message(type, {}));
        BOOST_TEST(routes.routes, type);
        BOOST_TEST(!routes.neighbours, type);
    }
}

BOOST_AUTO_TEST_SUITE_END()
