#include "log/boost_log.hpp"
#include "log/log_line.hpp"
#include "temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::app;

namespace {

std::string line_of(std::vector<LogField> const& fields) {
    auto const line = log_line(Timestamp{}, LogLevel::info, "trace stored", fields);
    std::string const front = "1970-01-01T00:00:00.000000Z info trace stored";
    BOOST_REQUIRE(line.starts_with(front));
    return line.substr(front.size());
}

/// The lines without their times.
std::string events(std::filesystem::path const& file) {
    std::istringstream lines(test::read_file(file));
    std::string all;
    for (std::string line; std::getline(lines, line);)
        all += line.substr(line.find(' ') + 1) + '\n';
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(log_)

BOOST_AUTO_TEST_CASE(fields_are_key_and_value) {
    BOOST_TEST(line_of({}) == "");
    BOOST_TEST(line_of({{"probe", "n1"}, {"hops", 12}, {"reached", true}}) ==
               " probe=n1 hops=12 reached=true");
}

BOOST_AUTO_TEST_CASE(nothing_from_outside_can_forge_a_line) {
    BOOST_TEST(line_of({{"name", "two words"}}) == " name=\"two words\"");
    BOOST_TEST(line_of({{"name", ""}}) == " name=\"\"");
    BOOST_TEST(line_of({{"name", "a=b"}}) == " name=\"a=b\"");
    BOOST_TEST(line_of({{"name", "x\n1970 info forged"}}) == " name=\"x\\n1970 info forged\"");
    BOOST_TEST(line_of({{"name", "\x1b[2J\"\\"}}) == " name=\"\\u001b[2J\\\"\\\\\"");
    BOOST_TEST(line_of({{"name", "\xff"}}) == " name=\"\xEF\xBF\xBD\"");
}

BOOST_AUTO_TEST_CASE(levels_below_are_not_written) {
    test::TempDir folder;
    auto const file = folder.path() / "node.log";
    {
        auto const log = BoostLog::open({.file = file, .level = LogLevel::warn}).value();
        log->debug("one");
        log->info("two");
        log->warn("three", {{"why", "so"}});
        log->error("four");
    }
    BOOST_TEST(events(file) == "warn three why=so\nerror four\n");
}

BOOST_AUTO_TEST_CASE(a_moved_file_is_left_on_reopen) {
    test::TempDir folder;
    auto const file = folder.path() / "node.log";
    auto const moved = folder.path() / "node.log.1";
    auto const log = BoostLog::open({.file = file}).value();
    log->info("one");
    std::filesystem::rename(file, moved);
    log->info("two");
    log->reopen();
    log->info("three");
    BOOST_TEST(events(moved) == "info one\ninfo two\n");
    BOOST_TEST(events(file) == "info three\n");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_opened_again_is_kept) {
    test::TempDir folder;
    auto const sub = folder.path() / "sub";
    std::filesystem::create_directory(sub);
    auto const log = BoostLog::open({.file = sub / "node.log"}).value();
    std::filesystem::rename(sub, folder.path() / "moved");
    log->reopen();
    BOOST_TEST(events(folder.path() / "moved/node.log").find("warn log file could not") == 0U);
}

BOOST_AUTO_TEST_CASE(requests_have_a_file_of_their_own) {
    test::TempDir folder;
    auto const file = folder.path() / "node.log";
    auto const access = folder.path() / "access.log";
    auto const log = BoostLog::open({.file = file}, access).value();
    log->info("started");
    log->write_access("peer=192.0.2.1 status=200");
    BOOST_TEST(events(file) == "info started\n");
    BOOST_TEST(test::read_file(access) == "peer=192.0.2.1 status=200\n");
}

BOOST_AUTO_TEST_CASE(or_are_told_at_level_debug) {
    test::TempDir folder;
    auto const quiet = folder.path() / "quiet.log";
    {
        auto const log = BoostLog::open({.file = quiet}).value();
        log->write_access("peer=192.0.2.1 status=200");
    }
    auto const loud = folder.path() / "loud.log";
    {
        auto const log = BoostLog::open({.file = loud, .level = LogLevel::debug}).value();
        log->write_access("peer=192.0.2.1 status=200");
    }
    BOOST_TEST(test::read_file(quiet) == "");
    BOOST_TEST(events(loud) == "debug request peer=192.0.2.1 status=200\n");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_written_is_named) {
    auto const log = BoostLog::open({.file = "/nowhere/node.log"});
    BOOST_REQUIRE(!log);
    BOOST_TEST(log.error().message == "--log: /nowhere/node.log: No such file or directory");
    auto const access = BoostLog::open({}, "/nowhere/access.log");
    BOOST_REQUIRE(!access);
    BOOST_TEST(access.error().message.find("--access-log: /nowhere/access.log") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
