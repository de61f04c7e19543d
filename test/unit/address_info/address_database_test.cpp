#include <dtrace/address_info/address_book.hpp>
#include <dtrace/address_info/address_database.hpp>

#include <boost/test/unit_test.hpp>

#include <mmdb_writer.hpp>
#include <sys/stat.h>
#include <temp_dir.hpp>

#include <filesystem>
#include <limits>
#include <string>

using namespace dtrace;
using namespace dtrace::test;
using address_info::AddressBook;
using address_info::AddressDatabase;

namespace {

IpAddress ip(std::string const& text) {
    return parse<IpAddress>(text).value();
}

std::shared_ptr<AddressDatabase const> database(std::string const& content) {
    auto read = AddressDatabase::read(content);
    BOOST_REQUIRE_MESSAGE(read, (read ? "" : read.error().message));
    return *read;
}

/// One entry, for 192.0.2.0/24.
std::shared_ptr<AddressDatabase const> with(std::string const& value) {
    MmdbWriter writer;
    writer.add("192.0.2.0/24", value);
    return database(writer.file());
}

NetworkInfo network(std::string const& value) {
    return with(value)->network_of(ip("192.0.2.7"));
}

PlaceInfo place(std::string const& value) {
    return with(value)->place_of(ip("192.0.2.7"));
}

MmdbWriter networks() {
    MmdbWriter writer;
    writer.add("192.0.2.0/25", mmdb_network(64500, "Example Networks"));
    writer.add("198.51.100.0/24", mmdb_network(4'200'000'000, "Large Numbers"));
    writer.add("2001:db8:1::/48", mmdb_network(64501, std::string(200, 'x')));
    return writer;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(address_database)

BOOST_AUTO_TEST_CASE(networks_are_found_by_address_in_both_families) {
    auto const asn = database(networks().file());
    NetworkInfo const first{.asn = 64500, .organisation = "Example Networks"};
    BOOST_TEST((asn->network_of(ip("192.0.2.0")) == first));
    BOOST_TEST((asn->network_of(ip("192.0.2.127")) == first));
    BOOST_TEST(asn->network_of(ip("198.51.100.9")).asn.value() == 4'200'000'000U);
    BOOST_TEST(asn->network_of(ip("2001:db8:1::9")).asn.value() == 64501U);
    BOOST_TEST(asn->network_of(ip("2001:db8:1::9")).organisation.value().size() == 200U);
}

BOOST_AUTO_TEST_CASE(an_address_without_an_entry_has_nothing) {
    auto const asn = database(networks().file());
    for (auto const* other : {"192.0.2.128", "203.0.113.1", "0.0.0.0", "255.255.255.255",
                              "2001:db8:2::1", "::", "ff02::1"}) {
        BOOST_TEST((asn->network_of(ip(other)) == NetworkInfo{}), other);
        BOOST_TEST((asn->place_of(ip(other)) == PlaceInfo{}), other);
    }
}

BOOST_AUTO_TEST_CASE(places_carry_their_doubt) {
    auto const found = place(mmdb_place("DE", "Berlin", 52.5, -13.25, 20));
    BOOST_TEST(found.country.value() == "DE");
    BOOST_TEST(found.city.value() == "Berlin");
    Coordinates const expected{.latitude = 52.5, .longitude = -13.25, .radius_km = 20};
    BOOST_TEST((found.coordinates == expected));
}

BOOST_AUTO_TEST_CASE(a_point_without_its_doubt_is_none) {
    auto const found = place(mmdb_map(
        {{"country", mmdb_map({{"iso_code", mmdb_text("DE")}})},
         {"location", mmdb_map({{"latitude", mmdb_double(1)}, {"longitude", mmdb_double(2)}})}}));
    BOOST_TEST(found.country.value() == "DE");
    BOOST_TEST(!found.coordinates);
    BOOST_TEST(!place(mmdb_place("DE", "Berlin", 1, 2, 0)).coordinates);
}

BOOST_AUTO_TEST_CASE(other_makers_names_are_understood) {
    auto const entry = mmdb_map({{"asn", mmdb_text("AS64502")},
                                 {"as_name", mmdb_text("Example")},
                                 {"country", mmdb_text("Germany")},
                                 {"country_code", mmdb_text("DE")},
                                 {"city", mmdb_text("Berlin")}});
    BOOST_TEST(network(entry).asn.value() == 64502U);
    BOOST_TEST(network(entry).organisation.value() == "Example");
    BOOST_TEST(place(entry).country.value() == "DE");
    BOOST_TEST(place(entry).city.value() == "Berlin");
    BOOST_TEST(place(mmdb_map({{"country", mmdb_text("FR")}})).country.value() == "FR");
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_absent) {
    BOOST_TEST(!network(mmdb_network(0, "nobody")).asn);
    for (auto const* text : {"AS", "64500", "AS-1", "AS1x", "AS4294967296", "AS0"})
        BOOST_TEST(!network(mmdb_map({{"asn", mmdb_text(text)}})).asn, text);
    BOOST_TEST(!network(mmdb_map({{"autonomous_system_number", mmdb_uint64(1ULL << 32)}})).asn);
    BOOST_TEST(!network(mmdb_map({{"autonomous_system_number", mmdb_text("64500")}})).asn);
    for (auto const& name :
         {std::string("a\nb"), std::string("\x1B[2J"), std::string(), std::string(257, 'x')})
        BOOST_TEST(!network(mmdb_network(64500, name)).organisation);
    for (auto const* code : {"de", "DEU", "D", "1A"})
        BOOST_TEST(!place(mmdb_place(code, "Berlin", 1, 2, 3)).country, code);
    auto const nan = std::numeric_limits<double>::quiet_NaN();
    BOOST_TEST(!place(mmdb_place("DE", "Berlin", nan, 2, 3)).coordinates);
    BOOST_TEST(!place(mmdb_place("DE", "Berlin", 90.5, 2, 3)).coordinates);
    BOOST_TEST(!place(mmdb_place("DE", "Berlin", 1, -181, 3)).coordinates);
    BOOST_TEST(!place(mmdb_place("DE", "Berlin", 1, 2, 30'000)).coordinates);
    for (auto const& entry : {mmdb_map({}), mmdb_text("text"), mmdb_uint32(7), mmdb_head(11, 0)}) {
        BOOST_TEST((network(entry) == NetworkInfo{}));
        BOOST_TEST((place(entry) == PlaceInfo{}));
    }
}

BOOST_AUTO_TEST_CASE(a_file_says_what_it_is) {
    auto const asn = database(networks().file("Example-ASN", 1'700'000'000));
    BOOST_TEST(asn->type() == "Example-ASN");
    BOOST_TEST(to_text(asn->built_at().value()) == "2023-11-14T22:13:20.000000Z");
    auto const odd = database(networks().file(std::string(200, 'x'), ~0ULL));
    BOOST_TEST(odd->type().size() == 100U);
    BOOST_TEST(!odd->built_at());
}

BOOST_AUTO_TEST_CASE(a_book_joins_what_two_files_say) {
    MmdbWriter places;
    places.add("192.0.2.0/24", mmdb_place("DE", "Berlin", 52.5, 13.25, 20));
    AddressBook const both{.asn = database(networks().file()), .geo = database(places.file())};
    BOOST_TEST(both.lookup(ip("192.0.2.1")).asn.value() == 64500U);
    BOOST_TEST(both.lookup(ip("192.0.2.1")).city.value() == "Berlin");
    BOOST_TEST(!both.lookup(ip("192.0.2.200")).asn);
    BOOST_TEST(both.lookup(ip("192.0.2.200")).city.value() == "Berlin");
    AddressBook const none;
    BOOST_TEST(none.empty());
    BOOST_TEST((none.lookup(ip("192.0.2.1")) == AddressInfo{}));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_refused_by_name) {
    TempDir const dir;
    auto const refusal = [](std::filesystem::path const& file) {
        auto const opened = AddressDatabase::open(file);
        BOOST_REQUIRE(!opened);
        return opened.error().message;
    };
    BOOST_TEST(refusal(dir / "none.mmdb") ==
               (dir / "none.mmdb").string() + ": No such file or directory");
    BOOST_TEST(refusal(dir.path()) == dir.path().string() + ": is no file");
    BOOST_REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    BOOST_TEST(refusal(dir / "fifo") == (dir / "fifo").string() + ": is no file");
    write_file(dir / "empty.mmdb", "");
    write_file(dir / "text.mmdb", "addresses are not in here");
    for (auto const* name : {"empty.mmdb", "text.mmdb"})
        BOOST_TEST(refusal(dir / name)
                       .starts_with((dir / name).string() + ": is no MMDB file, or a damaged one"),
                   refusal(dir / name));
    std::filesystem::resize_file(dir / "text.mmdb", (std::uint64_t{2} << 30) + 1);  // a hole
    BOOST_TEST(refusal(dir / "text.mmdb") ==
               (dir / "text.mmdb").string() + ": is larger than 2 GiB");
}

BOOST_AUTO_TEST_CASE(what_happens_to_the_file_afterwards_does_not_matter) {
    TempDir const dir;
    auto const file = dir / "asn.mmdb";
    write_file(file, networks().file());
    auto const opened = AddressDatabase::open(file);
    BOOST_REQUIRE(opened);
    std::filesystem::resize_file(file, 0);  // a mapping of it would be gone
    BOOST_TEST((*opened)->network_of(ip("192.0.2.1")).asn.value() == 64500U);
    BOOST_TEST((*opened)->type() == "Test");
}

BOOST_AUTO_TEST_SUITE_END()
