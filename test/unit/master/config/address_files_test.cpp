#include "config/address_files.hpp"

#include "config/watched_files.hpp"
#include "log_capture.hpp"
#include "mmdb_writer.hpp"
#include "temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

using namespace dtrace;
using namespace dtrace::test;
using master::AddressFiles;
namespace asio = boost::asio;

namespace {

std::string networks(std::uint32_t asn) {
    MmdbWriter writer;
    writer.add("192.0.2.0/24", mmdb_network(asn, "Example"));
    return writer.file("Example-ASN");
}

std::string places() {
    MmdbWriter writer;
    writer.add("192.0.2.0/24", mmdb_place("DE", "Berlin", 52.5, 13.25, 20));
    return writer.file("Example-City");
}

struct AddressFilesFixture : IoFixture {
    LogCapture log;
    TempDir dir;
    async::WorkerPool workers{{.name = "workers", .threads = 1}};
    std::filesystem::path const asn = dir / "asn.mmdb";
    std::filesystem::path const geo = dir / "geo.mmdb";
    AddressFiles files{io.get_executor(), {.asn = asn, .geo = geo}, workers, log};

    AddressFilesFixture() {
        write_file(asn, networks(64500));
        write_file(geo, places());
    }

    std::uint32_t asn_now() const {
        return files.book().lookup(parse<IpAddress>("192.0.2.1").value()).asn.value_or(0);
    }

    template <class F>
    void live(F script) {
        run_watched(*this, files, log, std::move(script));
    }
};

constexpr auto refused = "database of addresses refused, what was in force stays";
constexpr auto in_force = "database of addresses in force";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(address_files, AddressFilesFixture)

BOOST_AUTO_TEST_CASE(both_files_are_in_force_after_the_load) {
    live([&]() -> asio::awaitable<void> {
        auto const info = files.book().lookup(parse<IpAddress>("192.0.2.1").value());
        BOOST_TEST(info.asn.value() == 64500U);
        BOOST_TEST(info.city.value() == "Berlin");
        co_return;
    });
    BOOST_TEST(log.count(in_force) == 2U);
    BOOST_TEST(log.find(in_force)->field("type") == "Example-ASN");
    BOOST_TEST(log.find(in_force)->field("built_at") == "2023-11-14T22:13:20.000000Z");
}

BOOST_AUTO_TEST_CASE(none_is_asked_for_and_nothing_is_known) {
    AddressFiles nothing(io.get_executor(), {}, workers, log);
    BOOST_TEST(value_of(nothing.load()).has_value());
    BOOST_TEST(nothing.files().empty());
    BOOST_TEST(nothing.book().empty());
}

BOOST_AUTO_TEST_CASE(a_missing_or_damaged_file_at_start_is_an_error_with_option_and_file) {
    auto const whole = test::read_file(geo);
    write_file(geo, whole.substr(0, whole.size() / 2));
    auto const damaged = value_of(files.load());
    BOOST_REQUIRE(!damaged);
    BOOST_TEST(damaged.error().message.starts_with("--geo-db: " + geo.string() +
                                                   ": is no MMDB file, or a damaged one"));
    AddressFiles missing(io.get_executor(), {.asn = dir / "none"}, workers, log);
    BOOST_TEST(value_of(missing.load()).error().message ==
               "--asn-db: " + (dir / "none").string() + ": No such file or directory");
}

BOOST_AUTO_TEST_CASE(a_replaced_file_is_picked_up) {
    live([&]() -> asio::awaitable<void> {
        auto const before = files.book();
        write_file(dir / "new", networks(64501));
        std::filesystem::rename(dir / "new", asn);
        co_await until([&] { return asn_now() == 64501; });
        write_file(asn, networks(64502));  // written over, which cuts it short first
        co_await until([&] { return asn_now() == 64502; });
        BOOST_TEST(before.lookup(parse<IpAddress>("192.0.2.1").value()).asn.value() == 64500U);
    });
}

BOOST_AUTO_TEST_CASE(a_damaged_or_missing_file_is_refused_and_the_old_stays) {
    live([&]() -> asio::awaitable<void> {
        write_file(asn, "garbage");
        co_await until([&] { return log.count(refused) >= 1; });
        BOOST_TEST(log.find(refused)->field("option") == "--asn-db");
        std::filesystem::remove(asn);
        co_await until([&] { return log.count(refused) >= 2; });
        BOOST_TEST(asn_now() == 64500U);
        files.look_again(true);
        co_await until([&] { return log.count(refused) >= 3; });
        BOOST_TEST(log.count(in_force) == 3U);  // the other one, again
        write_file(asn, networks(64501));
        co_await until([&] { return asn_now() == 64501; });
    });
}

BOOST_AUTO_TEST_SUITE_END()
