#include <dtrace/packet/checksum.hpp>

#include <boost/test/unit_test.hpp>

#include <hex.hpp>

#include <random>

using namespace dtrace;
using namespace dtrace::packet;
using namespace dtrace::test;

BOOST_AUTO_TEST_SUITE(internet_checksum)

BOOST_AUTO_TEST_CASE(sums_the_example_of_rfc_1071) {
    auto const bytes = "0001 f203 f4f5 f6f7"_hex;
    BOOST_TEST(sum_words(bytes) == 0x2DDF0U);
    BOOST_TEST(fold(sum_words(bytes)) == 0xDDF2);
    BOOST_TEST(checksum(bytes) == 0x220D);
}

BOOST_AUTO_TEST_CASE(checks_a_captured_ipv4_header) {
    auto header = "4500 0073 0000 4000 4011 0000 c0a8 0001 c0a8 00c7"_hex;
    BOOST_TEST(checksum(header) == 0xB861);
    header[10] = std::byte{0xB8};
    header[11] = std::byte{0x61};
    BOOST_TEST(fold(sum_words(header)) == 0xFFFF);
}

BOOST_AUTO_TEST_CASE(an_odd_byte_is_the_high_half_of_a_word) {
    BOOST_TEST(sum_words("0102 03"_hex) == 0x0102U + 0x0300U);
    BOOST_TEST(sum_words("ff"_hex) == 0xFF00U);
    BOOST_TEST(sum_words({}) == 0U);
}

BOOST_AUTO_TEST_CASE(folds_every_carry) {
    BOOST_TEST(fold(0) == 0);
    BOOST_TEST(fold(0xFFFF) == 0xFFFF);
    BOOST_TEST(fold(0x10000) == 1);
    BOOST_TEST(fold(0x1FFFF) == 1);
    BOOST_TEST(fold(0xFFFFFFFF) == 0xFFFF);
    BOOST_TEST(fold(0xFFFF0001) == 1);
}

BOOST_AUTO_TEST_CASE(pseudo_headers_of_both_families) {
    auto const v4 = [](char const* text) { return boost::asio::ip::make_address(text); };
    BOOST_TEST(pseudo_header_sum(v4("192.0.2.1"), v4("198.51.100.2"), 17, 10) ==
               0xC000U + 0x0201U + 0xC633U + 0x6402U + 17U + 10U);
    BOOST_TEST(pseudo_header_sum(v4("2001:db8::1"), v4("2001:db8:0:1::2"), 58, 0x10004) ==
               2 * (0x2001U + 0x0DB8U) + 1 + 1 + 2 + 58 + 1 + 4);
}

BOOST_AUTO_TEST_CASE(an_update_equals_a_new_sum) {
    std::mt19937 random(1);
    auto bytes = "0000 1111 2222 3333 4444"_hex;
    for (int i = 0; i < 100'000; ++i) {
        auto const before = static_cast<std::uint16_t>(random());
        auto const after = static_cast<std::uint16_t>(random());
        ByteWriter(std::span(bytes).subspan(4, 2)).u16(before);
        std::uint16_t const old_checksum = checksum(bytes);
        ByteWriter(std::span(bytes).subspan(4, 2)).u16(after);
        BOOST_REQUIRE_EQUAL(update_checksum(old_checksum, before, after), checksum(bytes));
    }
}

BOOST_AUTO_TEST_CASE(an_update_keeps_rfc_1624s_example_right) {
    // The case that the formula of RFC 1141 gets wrong: 0x0000 must come out, not 0xFFFF.
    BOOST_TEST(update_checksum(0xDD2F, 0x5555, 0x3285) == 0x0000);
}

BOOST_AUTO_TEST_SUITE_END()
