#include "private_network.hpp"

#include <dtrace/wire/source_address.hpp>

#include <boost/test/unit_test.hpp>

#include <ip_literal.hpp>

using namespace dtrace;
using namespace dtrace::wire;

namespace {

using test::ip;

std::string source_for(char const* destination) {
    auto const source = find_source(ip(destination));
    return source ? to_text(*source) : source.error().message;
}

std::string own(char const* source) {
    auto const checked = require_own_address(ip(source));
    return checked ? "" : checked.error().message;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(source_address, test::PrivateNetwork)

BOOST_AUTO_TEST_CASE(asks_the_routing_table) {
    BOOST_TEST(source_for("127.0.0.1") == "127.0.0.1");
    BOOST_TEST(source_for("127.9.9.9") == "127.0.0.1");
    BOOST_TEST(source_for("::1") == "::1");
}

BOOST_AUTO_TEST_CASE(says_that_there_is_no_route) {
    BOOST_TEST(source_for("192.0.2.1") == "no route to 192.0.2.1: Network is unreachable");
    BOOST_TEST(source_for("2001:db8::1") == "no route to 2001:db8::1: Network is unreachable");
    BOOST_TEST(find_source(ip("192.0.2.1")).error().code ==
               boost::system::errc::network_unreachable);
}

BOOST_AUTO_TEST_CASE(asks_for_the_way_through_an_interface) {
    auto const lo = find_interface("lo");
    BOOST_REQUIRE(lo);
    BOOST_TEST(to_text(*find_source(ip("127.0.0.1"), *lo)) == "127.0.0.1");
    BOOST_TEST(find_interface("eth77").error().message ==
               "this host has no interface 'eth77', it has lo");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_single_host) {
    BOOST_TEST(source_for("224.0.0.1") == "224.0.0.1 is not the address of a single host");
    BOOST_TEST(source_for("ff02::1") == "ff02::1 is not the address of a single host");
    BOOST_TEST(source_for("255.255.255.255") ==
               "255.255.255.255 is not the address of a single host");
    BOOST_TEST(source_for("0.0.0.0") == "0.0.0.0 is not the address of a single host");
    BOOST_TEST(source_for("::") == ":: is not the address of a single host");
    BOOST_TEST(source_for("127.255.255.255") == "127.255.255.255 is a broadcast address");
}

BOOST_AUTO_TEST_CASE(a_chosen_source_must_be_ours) {
    BOOST_TEST(own("127.0.0.1") == "");
    BOOST_TEST(own("::1") == "");
    BOOST_TEST(own("192.0.2.1") == "192.0.2.1 is not an address of this host");
    BOOST_TEST(own("2001:db8::1") == "2001:db8::1 is not an address of this host");
    BOOST_TEST(own("0.0.0.0") == "0.0.0.0 is not the address of a single host");
    BOOST_TEST(own("224.0.0.1") == "224.0.0.1 is not the address of a single host");
}

BOOST_AUTO_TEST_SUITE_END()
