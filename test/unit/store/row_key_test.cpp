#include "records/row_key.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>

using namespace dtrace;
using namespace dtrace::store;

BOOST_AUTO_TEST_SUITE(row_key)

BOOST_AUTO_TEST_CASE(a_version_7_made_at_the_start_takes_ten_bytes) {
    auto const started = parse<Timestamp>("2026-11-22T14:00:00.123999Z").value();
    auto const id = make_uuid_v7(started);
    BOOST_TEST(tells_its_start(id, started));
    auto const packed = pack_id(id, started);
    BOOST_TEST(packed.size() == 10U);
    BOOST_TEST((unpack_id(packed, started).value() == id));
    BOOST_TEST((start_told_by(id) == std::chrono::floor<milliseconds>(started)));
}

BOOST_AUTO_TEST_CASE(any_other_takes_all_sixteen) {
    auto const started = parse<Timestamp>("2026-11-22T14:00:00.123999Z").value();
    for (Uuid const& id : {make_uuid_v7(started + milliseconds(1)), make_uuid_from_name("x"),
                           Uuid{}, make_uuid_v7(started - milliseconds(1))}) {
        auto const packed = pack_id(id, started);
        BOOST_TEST(packed.size() == 16U);
        BOOST_TEST((unpack_id(packed, started).value() == id));
    }
}

BOOST_AUTO_TEST_CASE(a_start_before_1970) {
    Timestamp const started(microseconds(-1));
    Uuid id;
    id.bytes.fill(0xFF);  // the low 48 bits of -1 ms, which it does not mean
    BOOST_TEST((unpack_id(pack_id(id, started), started).value() == id));
}

BOOST_AUTO_TEST_CASE(a_packed_id_of_another_size_is_refused) {
    for (std::size_t const size : {0U, 9U, 11U, 15U, 17U})
        BOOST_TEST(!unpack_id(std::string(size, 'x'), Timestamp()));
}

BOOST_AUTO_TEST_CASE(cursors) {
    for (RowKey const& key : {RowKey{0, 0, ""}, RowKey{-98'000'000'000'000, 17, "0123456789"},
                              RowKey{INT64_MIN, INT64_MAX, std::string(16, '\xFF')},
                              RowKey{INT64_MAX, 1, "\x01\x80"}}) {
        auto const text = write_cursor(key);
        BOOST_TEST(std::ranges::all_of(text, [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-';
        }));
        BOOST_TEST((read_cursor(text).value() == key), text);
    }
}

BOOST_AUTO_TEST_CASE(a_cursor_that_is_not_ours_is_refused) {
    for (auto const* text : {"",
                             ".",
                             "..",
                             "1",
                             "1.",
                             "1.2",
                             "1..",
                             ".1.",
                             "a.1.",
                             "1.a.",
                             "1.-1.",
                             "1.1.0",
                             "1.1.0g",
                             "1.1.+f",
                             "1.1. f",
                             " 1.1.",
                             "+1.1.",
                             "1.1.00112233445566778899aabbccddeeff00",
                             "9223372036854775808.1.",
                             "1.9223372036854775808.",
                             "1.1.00.",
                             "1.1.0x",
                             "1.1.-1",
                             "../../etc/passwd",
                             "1.1.\xFF\xFF",
                             "0x1.1.",
                             "1e3.1."})
        BOOST_TEST(!read_cursor(text), text);
}

BOOST_AUTO_TEST_CASE(keys_are_in_the_order_of_time_first) {
    BOOST_TEST((RowKey{1, 9, "z"} < RowKey{2, 0, ""}));
    BOOST_TEST((RowKey{1, 1, "z"} < RowKey{1, 2, ""}));
    // As SQLite compares blobs: bytes without sign, the shorter one first.
    BOOST_TEST((RowKey{1, 1, "\x7F"} < RowKey{1, 1, "\x80"}));
    BOOST_TEST((RowKey{1, 1, "a"} < RowKey{1, 1, "aa"}));
}

BOOST_AUTO_TEST_SUITE_END()
