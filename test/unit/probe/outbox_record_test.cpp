#include "outbox/outbox_record.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace::probe;

namespace {

RecordScanner::Findings scan(std::string_view bytes, std::size_t piece,
                             std::size_t longest = 1000) {
    RecordScanner scanner(longest);
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        scanner.feed(bytes.substr(at, piece));
    return std::move(scanner).finish();
}

std::string payload_at(std::string const& bytes, RecordPlace place) {
    auto const line = std::string_view(bytes).substr(place.offset, place.size - 1);
    return std::string(decode_record(line).value_or("damaged"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(outbox_record)

BOOST_AUTO_TEST_CASE(the_form_on_disk) {
    // CRC-32 of "123456789" is the check value of its specification.
    BOOST_TEST(encode_record("123456789") == "cbf43926 123456789\n");
    BOOST_TEST(decode_record("cbf43926 123456789").value() == "123456789");
}

BOOST_AUTO_TEST_CASE(any_changed_byte_is_found) {
    std::string const line = "cbf43926 123456789";
    for (std::size_t i = 0; i < line.size(); ++i)
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto changed = line;
            changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ (1U << bit));
            // A letter's case is no change of the number it stands for.
            bool const same_number =
                i < 8 && std::isalpha(static_cast<unsigned char>(line[i])) && bit == 5;
            BOOST_TEST(decode_record(changed).has_value() == same_number, changed);
        }
    for (std::size_t size = 0; size < line.size(); ++size)
        BOOST_TEST(!decode_record(line.substr(0, size)).has_value());
}

BOOST_AUTO_TEST_CASE(records_are_found_in_pieces_of_any_size) {
    auto const bytes = encode_record("one") + encode_record("two") + encode_record("three");
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        auto const found = scan(bytes, piece);
        BOOST_REQUIRE(found.records.size() == 3U);
        BOOST_TEST(found.damaged == 0U);
        BOOST_TEST(payload_at(bytes, found.records[0]) == "one");
        BOOST_TEST(payload_at(bytes, found.records[2]) == "three");
    }
}

BOOST_AUTO_TEST_CASE(damage_costs_only_its_own_line) {
    auto const whole = encode_record("one") + encode_record("two") + encode_record("three");
    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
        auto const found = scan(whole.substr(0, cut), 7);
        std::size_t const intact = cut < 13 ? 0 : cut < 26 ? 1 : 2;
        BOOST_TEST(found.records.size() == intact);
        BOOST_TEST(found.damaged == (cut % 13 == 0 && cut <= 26 ? 0U : 1U));
    }
    auto const between =
        encode_record("one") + "garbage\n\n" + std::string(50, '\0') + "\n" + encode_record("two");
    auto const found = scan(between, 5);
    BOOST_TEST(found.records.size() == 2U);
    BOOST_TEST(found.damaged == 3U);
    BOOST_TEST(payload_at(between, found.records[1]) == "two");
}

BOOST_AUTO_TEST_CASE(an_endless_line_needs_no_memory_and_ends) {
    auto const bytes = encode_record("one") + std::string(100'000, 'x') + "\n" +
                       encode_record(std::string(2000, 'y')) + encode_record("two");
    auto const found = scan(bytes, 333);
    BOOST_TEST(found.records.size() == 2U);
    BOOST_TEST(found.damaged == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
