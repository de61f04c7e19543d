#include <dtrace/core/ip.hpp>

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace std::string_view_literals;

BOOST_AUTO_TEST_SUITE(ip_addresses)

BOOST_AUTO_TEST_CASE(have_their_usual_text) {
    for (char const* text : {"0.0.0.0", "192.0.2.9", "255.255.255.255", "::", "::1", "2001:db8::9",
                             "2001:db8:0:1:2:3:4:5"})
        BOOST_TEST(to_text(parse<IpAddress>(text).value()) == text);
    BOOST_TEST(to_text(parse<IpAddress>("2001:DB8:0:0:0:0:0:9").value()) == "2001:db8::9");
}

BOOST_AUTO_TEST_CASE(know_their_family) {
    BOOST_TEST((family_of(parse<IpAddress>("192.0.2.9").value()) == Family::ipv4));
    BOOST_TEST((family_of(parse<IpAddress>("2001:db8::9").value()) == Family::ipv6));
    BOOST_TEST((family_of(parse<IpAddress>("::ffff:192.0.2.9").value()) == Family::ipv6));
}

BOOST_AUTO_TEST_CASE(refuse_other_texts) {
    for (std::string_view const text :
         {""sv, "192.0.2"sv, "192.0.2.256"sv, "192.0.2.9.1"sv, "192.0.2.9 "sv, " 192.0.2.9"sv,
          "192.0.2.09"sv, "192.0.2.9/24"sv, "1"sv, "0x7f000001"sv, "2001:db8::9::1"sv, ":::"sv,
          "[::1]"sv, "2001:db8::12345"sv, "www.example.net"sv, "192.0.2.9\0"sv,
          "192.0.2.9\0junk"sv}) {
        auto const address = parse<IpAddress>(text);
        BOOST_TEST(!address.has_value(), "accepted '" << text << "'");
        if (!address.has_value()) BOOST_TEST(address.error().message == "must be an IP address");
    }
}

BOOST_AUTO_TEST_SUITE_END()
