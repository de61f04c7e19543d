#include <dtrace/core/ip.hpp>
#include <dtrace/packet/byte_view.hpp>

#include <boost/test/unit_test.hpp>

#include <hex.hpp>

#include <array>

using namespace dtrace;
using namespace dtrace::packet;
using namespace dtrace::test;

BOOST_AUTO_TEST_SUITE(byte_view)

BOOST_AUTO_TEST_CASE(reads_big_endian_fields_in_order) {
    auto const bytes = "01 0203 04050607 0a0b0c0d 20010db8000000000000000000000001 ff"_hex;
    ByteReader in(bytes);
    BOOST_TEST(in.u8() == 0x01);
    BOOST_TEST(in.u16() == 0x0203);
    BOOST_TEST(in.u32() == 0x04050607U);
    BOOST_TEST(in.address<IpV4>().to_string() == "10.11.12.13");
    BOOST_TEST(in.address<IpV6>().to_string() == "2001:db8::1");
    BOOST_TEST(in.left() == 1U);
    BOOST_TEST(to_hex(in.rest()) == "ff");
    BOOST_TEST(in.ok());
}

BOOST_AUTO_TEST_CASE(past_the_end_reads_zeros_and_stays_failed) {
    auto const bytes = "0102 03"_hex;
    ByteReader in(bytes);
    BOOST_TEST(in.u16() == 0x0102);
    BOOST_TEST(in.u32() == 0U);
    BOOST_TEST(!in.ok());
    BOOST_TEST(in.u8() == 0);
    BOOST_TEST(in.take(0).empty());
    BOOST_TEST(!in.ok());
}

BOOST_AUTO_TEST_CASE(a_failed_take_gives_nothing_even_for_huge_sizes) {
    auto const bytes = "0102"_hex;
    ByteReader in(bytes);
    BOOST_TEST(in.take(static_cast<std::size_t>(-1)).empty());
    BOOST_TEST(!in.ok());
    BOOST_TEST(in.left() == 0U);
}

BOOST_AUTO_TEST_CASE(writes_big_endian_fields_in_order) {
    std::array<std::byte, 16> out{};
    out.fill(std::byte{0xEE});
    ByteWriter writer(out);
    writer.u8(1);
    writer.u16(0x0203);
    writer.u32(0x04050607);
    writer.zeros(2);
    writer.bytes("aabb"_hex);
    writer.address(IpV4(0x0A0B0C0D));
    BOOST_TEST(writer.ok());
    BOOST_TEST(to_hex(writer.written()) == "010203040506070000aabb0a0b0c0d");
    BOOST_TEST(to_hex(std::span(out).subspan(writer.size())) == "ee");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_not_written) {
    std::array<std::byte, 3> out{};
    ByteWriter writer(out);
    writer.u16(0x0102);
    writer.u16(0x0304);
    BOOST_TEST(!writer.ok());
    writer.u8(5);
    writer.bytes("06"_hex);
    writer.zeros(1);
    BOOST_TEST(writer.size() == 2U);
    BOOST_TEST(to_hex(out) == "010200");
}

BOOST_AUTO_TEST_SUITE_END()
