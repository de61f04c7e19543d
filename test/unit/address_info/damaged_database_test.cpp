// Files as no maker of such files makes them.

#include <dtrace/address_info/address_database.hpp>

#include <boost/test/unit_test.hpp>

#include <mmdb_writer.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::test;
using address_info::AddressDatabase;

/// libmaxminddb 1.7.1 forgets a few kilobytes when it refuses damaged metadata.
extern "C" char const* __lsan_default_suppressions() {
    return "leak:libmaxminddb";
}

namespace {

std::string small_file() {
    MmdbWriter writer;
    writer.add("192.0.2.0/24", mmdb_network(64500, "Example Networks"));
    writer.add("2001:db8::/32", mmdb_place("DE", "Berlin", 52.5, 13.25, 20));
    return writer.file();
}

/// Everything that can be asked; true: it was accepted.
bool ask(std::string const& content) {
    auto const database = AddressDatabase::read(content);
    if (!database) {
        BOOST_TEST(!database.error().message.empty());
        return false;
    }
    for (auto const* text : {"192.0.2.1", "0.0.0.0", "2001:db8::1", "ffff::"}) {
        auto const address = parse<IpAddress>(text).value();
        static_cast<void>((*database)->network_of(address));
        static_cast<void>((*database)->place_of(address));
    }
    static_cast<void>((*database)->type());
    static_cast<void>((*database)->built_at());
    return true;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(damaged_database)

BOOST_AUTO_TEST_CASE(a_file_cut_anywhere_is_refused) {
    auto const whole = small_file();
    BOOST_TEST(ask(whole));
    for (std::size_t size = 0; size < whole.size(); ++size)
        BOOST_TEST(!ask(whole.substr(0, size)), size << " of " << whole.size() << " bytes");
}

BOOST_AUTO_TEST_CASE(a_file_without_its_beginning_crashes_nothing) {
    auto const whole = small_file();
    for (std::size_t missing = 1; missing < whole.size(); ++missing)
        static_cast<void>(ask(whole.substr(missing)));
}

BOOST_AUTO_TEST_CASE(any_byte_may_be_any_other) {
    auto const whole = small_file();
    std::size_t accepted = 0;
    for (std::size_t place = 0; place < whole.size(); ++place)
        for (unsigned const flip : {0x01U, 0x80U, 0xFFU}) {
            auto damaged = whole;
            damaged[place] = static_cast<char>(static_cast<unsigned char>(damaged[place]) ^ flip);
            accepted += ask(damaged);
        }
    BOOST_TEST(accepted > 0U);  // those whose damage nothing can show
}

BOOST_AUTO_TEST_CASE(a_tree_that_leads_out_of_the_file_is_refused) {
    auto whole = small_file();
    whole.replace(0, 4, "\xFF\xFF\xFF\xFF");
    auto const read = AddressDatabase::read(whole);
    BOOST_REQUIRE(!read);
    BOOST_TEST(read.error().message.starts_with("is no MMDB file, or a damaged one"));
}

BOOST_AUTO_TEST_CASE(values_that_contain_themselves_end) {
    MmdbWriter writer;
    // A map whose only value is a pointer to the map.
    writer.add("192.0.2.0/24", mmdb_head(7, 1) + mmdb_text("country") + std::string("\x20\x00", 2));
    // A map in a map in a map …, deeper than anybody needs.
    std::string deep;
    for (int level = 0; level < 100'000; ++level)
        deep += mmdb_head(7, 1) + mmdb_text("x");
    writer.add("2001:db8::/32", deep + mmdb_uint16(1));
    BOOST_TEST(ask(writer.file()));
}

BOOST_AUTO_TEST_CASE(sizes_beyond_the_file_are_nothing) {
    for (auto const& value : {mmdb_head(7, 1000), mmdb_head(2, 60'000), mmdb_head(11, 5000)}) {
        MmdbWriter writer;
        writer.add("192.0.2.0/24", value);
        auto const database = AddressDatabase::read(writer.file());
        if (!database) continue;
        auto const address = parse<IpAddress>("192.0.2.1").value();
        BOOST_TEST(((*database)->network_of(address) == NetworkInfo{}));
        BOOST_TEST(((*database)->place_of(address) == PlaceInfo{}));
    }
}

BOOST_AUTO_TEST_SUITE_END()
