#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/icmp_extension.hpp>

#include <boost/test/unit_test.hpp>

#include <hex.hpp>

using namespace dtrace;
using namespace dtrace::packet;
using namespace dtrace::test;

namespace {

Bytes operator+(Bytes left, Bytes const& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

/// An extension structure around `objects`, with its checksum.
Bytes structure(Bytes const& objects) {
    auto bytes = "2000 0000"_hex + objects;
    ByteWriter(std::span(bytes).subspan(2, 2)).u16(checksum(bytes));
    return bytes;
}

Bytes quote(std::size_t size) {
    return Bytes(size, std::byte{0x45});
}

Bytes const one_label = "2000 c819 0008 0101 05dc1101"_hex;

}  // namespace

BOOST_AUTO_TEST_SUITE(icmp_extension)

BOOST_AUTO_TEST_CASE(an_mpls_entry_bit_by_bit) {
    auto const read = [](char const* entry) {
        auto const found = parse_extension("2000 0000 0008 0101"_hex + from_hex(entry));
        BOOST_REQUIRE_EQUAL(found.labels.size(), 1U);
        return found.labels[0];
    };
    BOOST_TEST((read("05dc1101") ==
                MplsLabel{.label = 24001, .traffic_class = 0, .bottom = true, .ttl = 1}));
    BOOST_TEST((read("fffff000") ==
                MplsLabel{.label = 0xFFFFF, .traffic_class = 0, .bottom = false, .ttl = 0}));
    BOOST_TEST(
        (read("00000e00") == MplsLabel{.label = 0, .traffic_class = 7, .bottom = false, .ttl = 0}));
    BOOST_TEST(
        (read("00000100") == MplsLabel{.label = 0, .traffic_class = 0, .bottom = true, .ttl = 0}));
    BOOST_TEST((read("000000ff") ==
                MplsLabel{.label = 0, .traffic_class = 0, .bottom = false, .ttl = 255}));
}

BOOST_AUTO_TEST_CASE(what_is_written_is_what_is_read) {
    std::vector<MplsLabel> const stack{
        {24001, 0, false, 1}, {1048575, 7, false, 254}, {3, 5, true, 1}};
    auto const bytes = mpls_extension(stack);
    BOOST_TEST(bytes.size() == 20U);
    BOOST_TEST(fold(sum_words(bytes)) == 0xFFFF);
    BOOST_TEST((parse_extension(bytes).labels == stack));
    BOOST_TEST(to_hex(mpls_extension(std::vector<MplsLabel>{{24001, 0, true, 1}})) ==
               to_hex(one_label));
}

BOOST_AUTO_TEST_CASE(the_stated_length_finds_the_extension) {
    for (std::size_t const size : {128U, 132U, 256U}) {
        auto const payload = quote(size) + one_label;
        auto const split = split_quote(payload, size);
        BOOST_TEST(split.quote.size() == size);
        BOOST_TEST(to_hex(split.extension) == to_hex(one_label));
    }
}

BOOST_AUTO_TEST_CASE(without_a_length_offset_128_is_tried) {
    auto const payload = quote(128) + one_label;
    auto const split = split_quote(payload, 0);
    BOOST_TEST(split.quote.size() == 128U);
    BOOST_TEST(to_hex(split.extension) == to_hex(one_label));
    BOOST_TEST(split_quote(quote(132) + one_label, 0).extension.empty());
    BOOST_TEST(split_quote(quote(128) + one_label, 4).quote.size() == 128U);
}

BOOST_AUTO_TEST_CASE(an_absent_checksum_needs_a_stated_length) {
    auto const payload = quote(128) + "2000 0000 0008 0101 05dc1101"_hex;
    BOOST_TEST(!split_quote(payload, 128).extension.empty());
    BOOST_TEST(split_quote(payload, 0).extension.empty());
    BOOST_TEST(split_quote(payload, 0).quote.size() == payload.size());
}

BOOST_AUTO_TEST_CASE(wrong_versions_and_checksums_are_no_extension) {
    for (char const* wrong : {"1000 d819 0008 0101 05dc1101", "3000 b819 0008 0101 05dc1101",
                              "2000 c81a 0008 0101 05dc1101", "2000 c819 0008 0101 05dc1102",
                              "2000 dfff", "2000 dfff 000400", ""}) {
        auto const payload = quote(128) + from_hex(wrong);
        for (std::size_t const stated : {0U, 128U}) {
            auto const split = split_quote(payload, stated);
            BOOST_TEST(split.extension.empty(), wrong << ", stated " << stated);
            BOOST_TEST(split.quote.size() == payload.size());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_stated_length_beyond_the_end_is_ignored) {
    for (std::size_t const stated : {40U, 128U, 1020U, 2040U}) {
        auto const split = split_quote(quote(36), stated);
        BOOST_TEST(split.extension.empty());
        BOOST_TEST(split.quote.size() == 36U);
    }
    BOOST_TEST(split_quote({}, 128).quote.empty());
    BOOST_TEST(split_quote(quote(128), 128).extension.empty());
}

BOOST_AUTO_TEST_CASE(interface_information_of_rfc_5837) {
    // Incoming interface, index 7, 192.0.2.33, name "eth0", MTU 1500.
    auto const objects = "001c 02 0f 00000007 0001 0000 c0000221 08 65746830 000000 000005dc"_hex;
    auto const found = parse_extension(structure(objects));
    BOOST_REQUIRE_EQUAL(found.interfaces.size(), 1U);
    auto const& info = found.interfaces[0];
    BOOST_TEST((info.role == InterfaceRole::incoming));
    BOOST_TEST(info.index.value() == 7U);
    BOOST_TEST(info.address.value().to_string() == "192.0.2.33");
    BOOST_TEST(info.name.value() == "eth0");
    BOOST_TEST(info.mtu.value() == 1500U);
}

BOOST_AUTO_TEST_CASE(each_part_of_interface_information_may_be_absent) {
    auto const found =
        parse_extension(structure("0004 02 c0"
                                  "0008 02 48 00000009"
                                  "0018 02 84 00020000 20010db8000000000000000000000021"
                                  "0008 02 c2 04 6c6f31"
                                  "0008 02 01 00002328"_hex));
    BOOST_TEST(found.unknown.empty());
    BOOST_REQUIRE_EQUAL(found.interfaces.size(), 5U);
    auto const& all = found.interfaces;
    BOOST_TEST((all[0] == InterfaceInfo{.role = InterfaceRole::next_hop}));
    BOOST_TEST((all[1] == InterfaceInfo{.role = InterfaceRole::incoming_part, .index = 9}));
    BOOST_TEST((all[2].role == InterfaceRole::outgoing));
    BOOST_TEST(all[2].address.value().to_string() == "2001:db8::21");
    BOOST_TEST(all[3].name.value() == "lo1");
    BOOST_TEST(all[4].mtu.value() == 9000U);
}

BOOST_AUTO_TEST_CASE(names_are_made_harmless) {
    auto const found = parse_extension(structure("000c 02 02 08 41 1b 22 c3 a9 7f 00"_hex));
    BOOST_REQUIRE_EQUAL(found.interfaces.size(), 1U);
    BOOST_TEST(found.interfaces[0].name.value() == "A?\"???");
}

BOOST_AUTO_TEST_CASE(malformed_interface_information_is_kept_raw) {
    for (char const* object : {
             "0006 02 08 0000",                // half an index
             "000c 02 04 0003 0000 c0000221",  // neither IPv4 nor IPv6
             "000c 02 04 0002 0000 c0000221",  // too short for IPv6
             "0008 02 02 00 616263",           // a name of length 0
             "0008 02 02 05 616263",           // a name beyond the end
             "0004 02 02",                     // no name
             "0006 02 01 05dc",                // half an MTU
         }) {
        auto const bytes = from_hex(object);
        auto const found = parse_extension(structure(bytes));
        BOOST_TEST(found.interfaces.empty(), object);
        BOOST_REQUIRE_EQUAL(found.unknown.size(), 1U);
        BOOST_TEST(found.unknown[0].class_number == 2);
        BOOST_TEST(found.unknown[0].payload.bytes.size() == bytes.size() - 4);
    }
    auto const long_name = Bytes("0046 02 02 42"_hex) + Bytes(65, std::byte{'x'});
    BOOST_TEST(parse_extension(structure(long_name)).interfaces.empty());
}

BOOST_AUTO_TEST_CASE(unknown_objects_are_kept_raw_between_known_ones) {
    auto const found =
        parse_extension(structure("0008 0101 05dc1001 0007 09 06 abcdef 0008 0101 05dd1101"_hex));
    BOOST_REQUIRE_EQUAL(found.labels.size(), 2U);
    BOOST_TEST(found.labels[1].label == 24017U);
    BOOST_REQUIRE_EQUAL(found.unknown.size(), 1U);
    BOOST_TEST((found.unknown[0] ==
                ExtensionObject{.class_number = 9, .type = 6, .payload = {{0xAB, 0xCD, 0xEF}}}));
}

BOOST_AUTO_TEST_CASE(who_the_node_says_it_is) {
    auto const both =
        parse_extension(structure("0014 05 06 0001 0000 c0000205 08 72312e6e6574 00"_hex));
    BOOST_REQUIRE(both.node);
    BOOST_TEST(both.node->address.value().to_string() == "192.0.2.5");
    BOOST_TEST(both.node->name.value() == "r1.net");
    BOOST_TEST(both.unknown.empty());
    auto const name = parse_extension(structure("0008 05 02 04 723100"_hex));
    BOOST_REQUIRE(name.node);
    BOOST_TEST(!name.node->address);
    BOOST_TEST(name.node->name.value() == "r1");
    auto const v6 =
        parse_extension(structure("0018 05 04 0002 0000 20010db8000000000000000000000005"_hex));
    BOOST_TEST(v6.node.value().address.value().to_string() == "2001:db8::5");
}

BOOST_AUTO_TEST_CASE(a_node_that_says_nothing_readable_is_an_unknown_object) {
    for (char const* object : {"0004 05 00", "0004 05 04", "000c 05 04 00030000 c0000205",
                               "0008 05 02 09 723100", "0004 05 f8"}) {
        auto const found = parse_extension(structure(from_hex(object)));
        BOOST_TEST(!found.node, object);
        BOOST_TEST(found.unknown.size() == 1U, object);
    }
    auto const second = parse_extension(structure("0008 05 02 04 723100 0008 05 02 04 723200"_hex));
    BOOST_TEST(second.node.value().name.value() == "r1");
    BOOST_TEST(second.unknown.size() == 1U);
}

BOOST_AUTO_TEST_CASE(mpls_objects_that_are_no_stack_are_unknown) {
    auto const found = parse_extension(structure("0008 0102 05dc1101 0006 0101 05dc"_hex));
    BOOST_TEST(found.labels.empty());
    BOOST_TEST(found.unknown.size() == 2U);
}

BOOST_AUTO_TEST_CASE(impossible_object_lengths_end_the_parse) {
    for (char const* next : {"0000 0101 05dc1101", "0003 0101 05dc1101", "0009 0101 05dc1101",
                             "ffff 0101 05dc1101", "0008 01"}) {
        auto const found = parse_extension(structure("0008 0101 05dc1101"_hex + from_hex(next)));
        BOOST_TEST(found.labels.size() == 1U, next);
        BOOST_TEST(found.unknown.empty(), next);
    }
    BOOST_TEST(parse_extension({}).labels.empty());
    BOOST_TEST(parse_extension("20"_hex).labels.empty());
}

BOOST_AUTO_TEST_CASE(no_more_items_are_kept_than_the_limit) {
    Bytes objects;
    for (int i = 0; i < 1000; ++i)
        objects = std::move(objects) + "0008 0101 05dc1101 0004 02 c0 0004 09 09"_hex;
    auto const found = parse_extension(structure(objects));
    BOOST_TEST(found.labels.size() == max_extension_items);
    BOOST_TEST(found.interfaces.size() == max_extension_items);
    BOOST_TEST(found.unknown.size() == max_extension_items);
}

BOOST_AUTO_TEST_SUITE_END()
