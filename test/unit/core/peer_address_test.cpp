#include <dtrace/core/peer_address.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;

BOOST_AUTO_TEST_SUITE(peer_address)

BOOST_AUTO_TEST_CASE(a_mapped_address_is_the_ipv4_address_that_it_maps) {
    auto const plain = [](char const* text) {
        return without_mapping(boost::asio::ip::make_address(text)).to_string();
    };
    BOOST_TEST(plain("::ffff:192.0.2.1") == "192.0.2.1");
    BOOST_TEST(plain("192.0.2.1") == "192.0.2.1");
    BOOST_TEST(plain("2001:db8::1") == "2001:db8::1");
}

BOOST_AUTO_TEST_CASE(a_host_has_one_ipv4_address_or_64_bits_of_ipv6) {
    auto const network = [](char const* text) {
        return host_network(boost::asio::ip::make_address(text)).to_string();
    };
    BOOST_TEST(network("192.0.2.1") == "192.0.2.1");
    BOOST_TEST(network("::ffff:192.0.2.1") == "192.0.2.1");
    BOOST_TEST(network("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::");
    BOOST_TEST(network("fe80::1%2") == "fe80::");
}

BOOST_AUTO_TEST_SUITE_END()
