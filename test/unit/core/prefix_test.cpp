#include <dtrace/core/prefix.hpp>

#include <boost/test/unit_test.hpp>

using namespace dtrace;

BOOST_AUTO_TEST_SUITE(prefix)

BOOST_AUTO_TEST_CASE(text_form) {
    for (char const* text : {"0.0.0.0/0", "10.0.0.0/8", "192.0.2.4/30", "192.0.2.1/32", "::/0",
                             "2001:db8::/32", "2001:db8::1/128", "fe00::/7"})
        BOOST_TEST(to_text(parse<Prefix>(text).value()) == text);
    BOOST_TEST(to_text(parse<Prefix>("192.0.2.1").value()) == "192.0.2.1/32");
    BOOST_TEST(to_text(parse<Prefix>("2001:db8::1").value()) == "2001:db8::1/128");
    BOOST_TEST(to_text(parse<Prefix>("::ffff:192.0.2.0/120").value()) == "192.0.2.0/24");
    BOOST_TEST(to_text(parse<Prefix>("::ffff:192.0.2.1").value()) == "192.0.2.1/32");
}

BOOST_AUTO_TEST_CASE(what_is_no_prefix_is_refused) {
    for (char const* text : {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "::/129",
                             "10.0.0.0/8x", "10.0.0.1/8", "2001:db8::1/32", "10.0.0/8", "x"})
        BOOST_TEST(!parse<Prefix>(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(contains_addresses_and_narrower_blocks) {
    auto const block = [](char const* text) { return parse<Prefix>(text).value(); };
    auto const address = [](char const* text) { return parse<IpAddress>(text).value(); };
    BOOST_TEST(contains(block("192.0.2.128/25"), address("192.0.2.128")));
    BOOST_TEST(!contains(block("192.0.2.128/25"), address("192.0.2.127")));
    BOOST_TEST(contains(block("2001:db8::/33"), address("2001:db8:7fff::1")));
    BOOST_TEST(!contains(block("2001:db8::/33"), address("2001:db8:8000::1")));
    BOOST_TEST(contains(block("0.0.0.0/0"), address("255.255.255.255")));
    BOOST_TEST(!contains(block("0.0.0.0/0"), address("::1")));
    BOOST_TEST(contains(block("10.0.0.0/8"), block("10.1.0.0/16")));
    BOOST_TEST(!contains(block("10.1.0.0/16"), block("10.0.0.0/8")));
}

BOOST_AUTO_TEST_SUITE_END()
