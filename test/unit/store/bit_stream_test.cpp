#include "records/bit_stream.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <random>

using namespace dtrace::store;

BOOST_AUTO_TEST_SUITE(bit_stream)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
    std::mt19937_64 random(1);
    for (int round = 0; round < 200; ++round) {
        struct Item {
            std::uint64_t value;
            unsigned how;
        };
        std::vector<Item> items;
        BitWriter out;
        for (int i = 0; i < 100; ++i) {
            Item const item{random() >> random() % 64, static_cast<unsigned>(random() % 130)};
            items.push_back(item);
            if (item.how < 65)
                out.bits(item.value, item.how);
            else if (item.how < 97)
                out.number(item.value, item.how - 65 + 1);
            else
                out.signed_number(static_cast<std::int64_t>(item.value), item.how - 97 + 1);
        }
        auto const bytes = std::move(out).finish();
        BitReader in(bytes);
        for (auto const& [value, how] : items)
            if (how < 65)
                BOOST_REQUIRE_EQUAL(in.bits(how),
                                    how == 64 ? value : value & ((std::uint64_t{1} << how) - 1));
            else if (how < 97)
                BOOST_REQUIRE_EQUAL(in.number(how - 65 + 1), value);
            else
                BOOST_REQUIRE_EQUAL(in.signed_number(how - 97 + 1),
                                    static_cast<std::int64_t>(value));
        BOOST_TEST(in.good());
    }
}

BOOST_AUTO_TEST_CASE(extremes) {
    constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
    for (unsigned k = 1; k < 64; ++k) {
        BitWriter out;
        out.number(largest, k);
        out.number(0, k);
        out.signed_number(std::numeric_limits<std::int64_t>::min(), k);
        out.signed_number(std::numeric_limits<std::int64_t>::max(), k);
        auto const bytes = std::move(out).finish();
        BitReader in(bytes);
        BOOST_TEST(in.number(k) == largest);
        BOOST_TEST(in.number(k) == 0U);
        BOOST_TEST(in.signed_number(k) == std::numeric_limits<std::int64_t>::min());
        BOOST_TEST(in.signed_number(k) == std::numeric_limits<std::int64_t>::max());
        BOOST_TEST(in.good());
    }
    BitWriter out;
    out.number(largest - 1, 0);
    auto const bytes = std::move(out).finish();
    BOOST_TEST(BitReader(bytes).number(0) == largest - 1);
}

BOOST_AUTO_TEST_CASE(the_size_is_what_is_announced) {
    for (std::uint64_t const value : {0U, 1U, 5U, 255U, 100'000U})
        for (unsigned k = 0; k < 20; ++k) {
            BitWriter out;
            out.number(value, k);
            BOOST_TEST(std::move(out).finish().size() == (number_size(value, k) + 7) / 8);
        }
}

BOOST_AUTO_TEST_CASE(the_end_is_noticed) {
    BitReader none("");
    BOOST_TEST(none.good());
    BOOST_TEST(none.bits(0) == 0U);
    BOOST_TEST(none.good());
    BOOST_TEST(none.bits(1) == 0U);
    BOOST_TEST(!none.good());

    BitReader zeros(std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0", 12));
    BOOST_TEST(zeros.number(5) == 0U);
    BOOST_TEST(!zeros.good());

    BitReader count(std::string_view("\x00\x01\xFF", 3));  // a count of about 2^15, 9 bits left
    BOOST_TEST(count.count(0) == 0U);
    BOOST_TEST(!count.good());
    BOOST_TEST(BitReader("\xFF").has(8));
    BOOST_TEST(!BitReader("\xFF").has(9));
    BOOST_TEST(!BitReader("\xFF").has(-1));
}

BOOST_AUTO_TEST_CASE(any_bytes_are_survived) {
    std::mt19937 random(2);
    for (int round = 0; round < 2000; ++round) {
        std::string bytes(random() % 40, '\0');
        for (auto& byte : bytes)
            byte = static_cast<char>(random());
        BitReader in(bytes);
        for (int i = 0; i < 100; ++i) {
            unsigned const k = static_cast<unsigned>(random() % 64);
            switch (random() % 3) {
                case 0:
                    (void)in.bits(k);
                    break;
                case 1:
                    (void)in.number(k);
                    break;
                default:
                    BOOST_TEST(in.count(k) <= bytes.size() * 8);
            }
        }
        BOOST_TEST(!in.good());
    }
}

BOOST_AUTO_TEST_SUITE_END()
