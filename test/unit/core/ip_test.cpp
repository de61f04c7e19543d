#include <dtrace/core/ip.hpp>

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>

#include <random>
#include <string>

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

BOOST_AUTO_TEST_CASE(that_no_single_host_has_are_told) {
    auto const reason = [](std::string_view text) {
        return find_no_host(parse<IpAddress>(text).value()).value_or("none");
    };
    for (char const* host : {"192.0.2.9", "127.0.0.1", "223.255.255.255", "240.0.0.1",
                             "255.255.255.254", "0.0.0.1", "::1", "2001:db8::9", "fe80::1"})
        BOOST_TEST(reason(host) == "none", host);
    for (char const* none : {"0.0.0.0", "::", "::ffff:0.0.0.0"})
        BOOST_TEST(reason(none) == "is no host's address", none);
    for (char const* many :
         {"224.0.0.0", "239.255.255.255", "ff00::", "ff02::1", "::ffff:224.0.0.1"})
        BOOST_TEST(reason(many) == "is a multicast address", many);
    for (char const* all : {"255.255.255.255", "::ffff:255.255.255.255"})
        BOOST_TEST(reason(all) == "is a broadcast address", all);
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

// What an operating system takes for four numbers is one, and nothing else.
BOOST_AUTO_TEST_CASE(four_numbers_are_read_as_everybody_reads_them) {
    std::mt19937 random(5);
    constexpr std::string_view characters = "0012559..... x";
    std::size_t good = 0;
    for (int i = 0; i < 200'000; ++i) {
        std::string text = i % 2 == 0 ? "1.2.3.4" : "255.10.0.99";
        for (auto changes = random() % 3; changes > 0; --changes)
            text[random() % text.size()] = characters[random() % characters.size()];
        in_addr expected{};
        bool const is_one = ::inet_pton(AF_INET, text.c_str(), &expected) == 1;
        auto const read = parse<IpAddress>(text);
        BOOST_REQUIRE_MESSAGE(read.has_value() == is_one, text);
        if (is_one) BOOST_REQUIRE(read->to_v4().to_uint() == ntohl(expected.s_addr));
        good += is_one ? 1 : 0;
    }
    BOOST_TEST(good > 50'000U);
}

BOOST_AUTO_TEST_SUITE_END()
