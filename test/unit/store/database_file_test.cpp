#include "sqlite/sqlite_database.hpp"
#include "store_fixture.hpp"

#include <dtrace/store/database_file.hpp>

#include <sample_trace.hpp>

#include <fstream>

using namespace dtrace;
using namespace dtrace::store;
using namespace dtrace::test;

namespace {

Trace const& some_trace() {
    static auto const trace = StablePath(1, 15, 3).next("n1", {make_uuid_from_name("m"), "m"},
                                                        *parse<Timestamp>("2026-11-22T12:00:00Z"));
    return trace;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(database_file, StoreFixture)

BOOST_AUTO_TEST_CASE(a_copy_is_made_while_the_database_is_open) {
    BOOST_TEST(add({some_trace()}) == 1U);
    auto const target = folder / "copy.db";
    auto const copied = back_up(file, target);
    BOOST_REQUIRE_MESSAGE(copied, copied.error().message);
    auto later = some_trace();
    later.id = make_uuid_from_name("later");
    BOOST_TEST(add({later}) == 1U);
    BOOST_TEST(int(std::filesystem::status(target).permissions()) == 0600);
    BOOST_TEST(!std::filesystem::exists(folder / "copy.db.part"));
    file = target;
    open();
    BOOST_TEST((get(some_trace().id) == some_trace()));
    BOOST_TEST(!get(later.id));
}

BOOST_AUTO_TEST_CASE(nothing_is_overwritten) {
    BOOST_TEST(add({some_trace()}) == 1U);
    std::ofstream(folder / "there") << "mine";
    auto const copied = back_up(file, folder / "there");
    BOOST_REQUIRE(!copied);
    BOOST_TEST(copied.error().message.find("is there already") != std::string::npos);
    BOOST_TEST(read_file(folder / "there") == "mine");
    BOOST_TEST(!back_up(file, "/nowhere/copy.db").has_value());
}

BOOST_AUTO_TEST_CASE(it_tells_what_it_holds) {
    BOOST_TEST(add({some_trace()}) == 1U);
    auto const info = read_info(file);
    BOOST_REQUIRE_MESSAGE(info, info.error().message);
    BOOST_TEST(info->traces == 1U);
    BOOST_TEST(info->layout >= 4U);
    BOOST_TEST(info->bytes > 0U);
    BOOST_TEST((info->oldest == some_trace().started_at));
    BOOST_TEST((info->newest == some_trace().started_at));
    auto const table = std::ranges::find(info->tables, "trace", &TableSize::name);
    BOOST_REQUIRE((table != info->tables.end()));
    BOOST_TEST(table->rows == 1U);
    BOOST_TEST(table->bytes > 0U);
}

BOOST_AUTO_TEST_CASE(a_sound_one_is_told_from_a_damaged_one) {
    std::vector<Trace> many;
    for (int i = 0; i < 2000; ++i) {
        auto& trace = many.emplace_back(some_trace());
        trace.started_at += seconds(i);
        trace.id = make_uuid_v7(trace.started_at);
    }
    add(std::move(many));
    store.reset();
    BOOST_TEST(check_file(file)->complaints.empty());
    {
        std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
        auto const size = std::filesystem::file_size(file);
        for (std::uintmax_t at = 20'000; at + 100 < size; at += 5'000) {
            bytes.seekp(static_cast<std::streamoff>(at));
            bytes << std::string(100, '\xA5');
        }
    }
    auto const check = check_file(file);
    BOOST_TEST((!check.has_value() || !check->complaints.empty()));
}

BOOST_AUTO_TEST_CASE(records_that_cannot_be_read_are_named) {
    BOOST_TEST(add({some_trace()}) == 1U);
    store.reset();
    BOOST_TEST(check_file(file)->complaints.empty());
    {
        auto const database = Database::open(file).value();
        database->execute(
            "INSERT INTO rollup (series, hour, record) SELECT series, 7, x'' FROM trace");
        database->execute("UPDATE trace SET record = x'FFFFFFFFFFFFFFFF'");
        database->execute("UPDATE latest SET record = x'FFFFFFFFFFFFFFFF'");
        BOOST_REQUIRE(!database->failed());
    }
    auto const complaints = check_file(file).value().complaints;
    BOOST_REQUIRE_EQUAL(complaints.size(), 3U);
    for (auto const& complaint : complaints)
        BOOST_TEST(complaint.find("the file is damaged (") != std::string::npos);
    BOOST_TEST(complaints[2].find("rollup 7 of ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(records_of_another_layout_are_not_said_to_be_read) {
    BOOST_TEST(add({some_trace()}) == 1U);
    store.reset();
    BOOST_TEST(check_file(file)->has_read_records);
    Database::open(file).value()->execute("PRAGMA user_version = 9");
    BOOST_TEST(!check_file(file)->has_read_records);
}

BOOST_AUTO_TEST_CASE(other_files_are_refused) {
    BOOST_TEST(!read_info(folder / "absent").has_value());
    BOOST_TEST(!std::filesystem::exists(folder / "absent"));
    std::ofstream(folder / "text") << std::string(5000, 'x');
    BOOST_TEST(!check_file(folder / "text").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
