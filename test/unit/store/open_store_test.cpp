#include "sqlite/sqlite_database.hpp"
#include "sqlite/sqlite_schema.hpp"
#include "store_fixture.hpp"

#include <child.hpp>
#include <sample_trace.hpp>
#include <sys/stat.h>
#include <unistd.h>

using namespace dtrace;
using test::read_file;
using test::write_file;

namespace {

struct OpenFixture : test::StoreFixture {
    /// The error of an attempt, without the path of the temporary folder.
    std::string refusal() {
        auto opened = store::open_store(file, io.get_executor(), log);
        if (opened) return "opened";
        auto message = opened.error().message;
        BOOST_TEST(message.find(file.string()) != std::string::npos, message);
        if (auto const at = message.find(folder.path().string()); at != std::string::npos)
            message.erase(at, folder.path().string().size() + 1);
        return message;
    }

    void execute(std::string const& sql) {
        auto const database = store::Database::open(file).value();
        database->execute(sql);
        auto const failure = database->take_failure();
        BOOST_REQUIRE_MESSAGE(!failure, failure->message);
    }
};

Trace const& kept_trace() {
    static auto const trace = test::StablePath(1, 15, 3).next(
        "n1", {make_uuid_from_name("m"), "m"}, parse<Timestamp>("2026-11-22T12:00:00Z").value());
    return trace;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(open_store, OpenFixture)

BOOST_AUTO_TEST_CASE(a_new_file_is_for_its_owner_only) {
    BOOST_TEST(add({kept_trace()}) == 1U);
    for (auto const* suffix : {"", "-wal"}) {
        struct stat status {};
        BOOST_REQUIRE_EQUAL(stat((file.string() + suffix).c_str(), &status), 0);
        BOOST_TEST((status.st_mode & 0777) == 0600U, suffix);
    }
    BOOST_TEST(log.count("database created") > 0U);
}

BOOST_AUTO_TEST_CASE(a_guest_leaves_the_log_to_the_owner) {
    auto const database = store::Database::open(file).value();
    BOOST_REQUIRE(store::migrate(*database));
    store::set_pragmas(*database, {.moves_log = false});
    BOOST_TEST(database->integer_of("PRAGMA wal_autocheckpoint") == 0);
    store::set_pragmas(*database, {});
    BOOST_TEST(database->integer_of("PRAGMA wal_autocheckpoint") == 8000);
    BOOST_TEST(!database->failed());
}

BOOST_AUTO_TEST_CASE(closing_leaves_one_file) {
    BOOST_TEST(add({kept_trace()}) == 1U);
    store.reset();
    BOOST_TEST(std::filesystem::exists(file));
    BOOST_TEST(!std::filesystem::exists(file.string() + "-wal"));
    BOOST_TEST(!std::filesystem::exists(file.string() + "-shm"));
    open();
    BOOST_TEST(log.count("database opened") > 0U);
    BOOST_TEST((get(kept_trace().id) == kept_trace()));
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_a_new_one) {
    write_file(file, "");
    BOOST_TEST(add({kept_trace()}) == 1U);
}

BOOST_AUTO_TEST_CASE(where_no_file_can_be) {
    file = folder / "no/such/folder.db";
    BOOST_TEST(refusal() == "no/such/folder.db: cannot be created: No such file or directory");
    file = folder.path();
    BOOST_TEST(refusal().ends_with("Is a directory"));
}

BOOST_AUTO_TEST_CASE(a_file_that_one_may_not_read) {
    write_file(file, "");
    std::filesystem::permissions(file, std::filesystem::perms::none);
    std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
    auto const said = test::in_child([&]() -> std::string {
        // Root may read everything.
        if (geteuid() == 0 && setuid(65'534) != 0) return "cannot become nobody";
        return refusal();
    });
    BOOST_TEST(said == "dtrace.db: Permission denied");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database) {
    write_file(file, std::string(10'000, 'x'));
    BOOST_TEST(refusal() == "dtrace.db: is not a database; name another file");
    BOOST_TEST(read_file(file) == std::string(10'000, 'x'));
}

BOOST_AUTO_TEST_CASE(a_database_of_another_program) {
    execute("CREATE TABLE users (name TEXT); PRAGMA user_version = 1");
    auto const before = read_file(file);
    BOOST_TEST(refusal() == "dtrace.db: is a database of another program; name another file");
    BOOST_TEST((read_file(file) == before));
}

BOOST_AUTO_TEST_CASE(a_database_of_a_newer_version) {
    BOOST_TEST(add({kept_trace()}) == 1U);
    store.reset();
    execute("PRAGMA user_version = 99");
    auto const before = read_file(file);
    BOOST_TEST(refusal() ==
               "dtrace.db: was made by a newer version of dtrace-node (its layout is 99, this one "
               "knows " +
                   std::to_string(store::schema_version()) +
                   "); update dtrace-node or name another file");
    BOOST_TEST((read_file(file) == before));
}

BOOST_AUTO_TEST_CASE(a_database_without_its_layout_number) {
    BOOST_TEST(add({kept_trace()}) == 1U);
    store.reset();
    execute("PRAGMA user_version = 0");
    BOOST_TEST(refusal() == "dtrace.db: the file is damaged (its layout has no number)");
}

BOOST_AUTO_TEST_CASE(a_database_that_lacks_a_table) {
    BOOST_TEST(add({kept_trace()}) == 1U);
    store.reset();
    execute("DROP TABLE context");
    auto const message = refusal();
    BOOST_TEST(message.find("no such table: context") != std::string::npos, message);
}

BOOST_AUTO_TEST_CASE(an_interrupted_creation_is_taken_up) {
    // Killed after the file was made and before its tables were.
    execute("PRAGMA user_version = 0");
    BOOST_TEST(add({kept_trace()}) == 1U);
    store.reset();
    BOOST_TEST(log.count("database opened") == 0U);
    open();
    BOOST_TEST((get(kept_trace().id) == kept_trace()));
}

BOOST_AUTO_TEST_CASE(two_at_a_time) {
    BOOST_TEST(add({kept_trace()}) == 1U);
    auto const other = store::open_store(file, io.get_executor(), log).value();
    auto second = kept_trace();
    second.id = make_uuid_from_name("second");
    second.target.host = "other.example.net";
    auto const added = value_of(other->traces().add({kept_trace(), second})).value();
    BOOST_TEST((added[1] == store::Added::stored));
    BOOST_TEST(add({second}) == 0U);
    BOOST_TEST((get(second.id) == second));
    BOOST_TEST(counts().traces == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
