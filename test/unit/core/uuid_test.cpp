#include <dtrace/core/uuid.hpp>

#include <boost/test/unit_test.hpp>

#include <set>

using namespace dtrace;

BOOST_AUTO_TEST_SUITE(uuids)

BOOST_AUTO_TEST_CASE(have_the_text_of_rfc_9562) {
    Uuid uuid;
    for (std::size_t i = 0; i < 16; ++i)
        uuid.bytes[i] = static_cast<std::uint8_t>(i * 0x11);
    BOOST_TEST(to_text(uuid) == "00112233-4455-6677-8899-aabbccddeeff");
    BOOST_TEST((parse<Uuid>("00112233-4455-6677-8899-aabbccddeeff").value() == uuid));
    BOOST_TEST((parse<Uuid>("00112233-4455-6677-8899-AABBCCDDEEFF").value() == uuid));
    BOOST_TEST(to_text(Uuid{}) == "00000000-0000-0000-0000-000000000000");
}

BOOST_AUTO_TEST_CASE(refuse_other_texts) {
    for (char const* text :
         {"", "00112233445566778899aabbccddeeff", "00112233-4455-6677-8899-aabbccddeef",
          "00112233-4455-6677-8899-aabbccddeefff", "00112233-4455-6677-8899-aabbccddeefg",
          "0011223-34455-6677-8899-aabbccddeeff", "00112233-4455-6677-8899_aabbccddeeff",
          "{0112233-4455-6677-8899-aabbccddeef}", "00112233-4455-6677-8899--abbccddeeff"})
        BOOST_TEST(!parse<Uuid>(text).has_value(), "accepted '" << text << "'");
}

BOOST_AUTO_TEST_CASE(version_7_begins_with_the_time) {
    auto const time = parse<Timestamp>("2022-02-22T19:22:22.000000Z").value();
    auto const text = to_text(make_uuid_v7(time));
    // The time of RFC 9562's own example, appendix A.6.
    BOOST_TEST(text.substr(0, 15) == "017f22e2-79b0-7");
    BOOST_TEST((text[19] == '8' || text[19] == '9' || text[19] == 'a' || text[19] == 'b'));
}

BOOST_AUTO_TEST_CASE(version_7_sorts_by_time_and_never_repeats) {
    auto const time = parse<Timestamp>("2026-11-22T14:00:00Z").value();
    std::set<Uuid> seen;
    for (int i = 0; i < 1000; ++i)
        seen.insert(make_uuid_v7(time));
    BOOST_TEST(seen.size() == 1000U);
    BOOST_TEST((*seen.rbegin() < make_uuid_v7(time + milliseconds(1))));
}

BOOST_AUTO_TEST_CASE(from_a_name_are_always_the_same) {
    auto const uuid = make_uuid_from_name("Google");
    BOOST_TEST((uuid == make_uuid_from_name("Google")));
    BOOST_TEST(!(uuid == make_uuid_from_name("google")));
    BOOST_TEST(!(uuid == make_uuid_from_name("")));
    BOOST_TEST(to_text(uuid)[14] == '8');
    // Known for good: the database holds such ids.
    BOOST_TEST(to_text(uuid) == "300e35e3-fd03-8b71-ad5b-f9f547c34207");
}

BOOST_AUTO_TEST_SUITE_END()
