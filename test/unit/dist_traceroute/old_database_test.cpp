#include "temp_dir.hpp"

#include <dtrace/dist_traceroute/old_database.hpp>
#include <dtrace/dist_traceroute/slave_trace.hpp>

#include <boost/test/unit_test.hpp>

#include <sqlite3.h>

#include <fstream>
#include <string>

using namespace dtrace;
using namespace dtrace::test;
using dist_traceroute::OldDatabase;

namespace {

/// The tables of dist-traceroute's master that matter, with the columns that it gave them.
constexpr char const* tables =
    "CREATE TABLE t_Traceroutes (strTracerouteId TEXT PRIMARY KEY, strSlaveId TEXT NOT NULL,"
    " strTargetId TEXT NOT NULL, dtStart INTEGER NOT NULL, strAnnotations TEXT);"
    "CREATE TABLE t_Hops (strHopId TEXT PRIMARY KEY, strTracerouteId INTEGER NOT NULL,"
    " nHopIndex INTEGER NOT NULL, strHopIPAddress TEXT, strHopDNSName TEXT, dDurationSec INTEGER,"
    " strPreviousHopId INTEGER, strAnnotations TEXT);"
    "CREATE TABLE t_Targets (strTargetId TEXT PRIMARY KEY, strDescription TEXT UNIQUE,"
    " strDestination TEXT NOT NULL, nRetries INTEGER NOT NULL, nMaxHops INTEGER NOT NULL,"
    " nTimeoutMSec INTEGER NOT NULL);"
    "CREATE TABLE t_Slaves (strSlaveId TEXT PRIMARY KEY, strSlaveName TEXT NOT NULL UNIQUE,"
    " strSlaveSecret TEXT NOT NULL);";

constexpr char const* content =
    "INSERT INTO t_Slaves VALUES ('5acb3676-6c21-43eb-bc16-d26709aa0439', 'slave1', '12\"34');"
    "INSERT INTO t_Targets VALUES ('a1d7b91a-8cf6-45da-a85c-b1bc1fec2dc8', 'Chain', '10.77.4.2',"
    " 1, 30, 500);"
    "INSERT INTO t_Traceroutes VALUES ('0003ee55-29b0-4dfd-8698-c34c38f6702b',"
    " '5acb3676-6c21-43eb-bc16-d26709aa0439', 'a1d7b91a-8cf6-45da-a85c-b1bc1fec2dc8',"
    " '2019-11-22T13:29:01Z', '');"
    "INSERT INTO t_Hops VALUES ('h2', '0003ee55-29b0-4dfd-8698-c34c38f6702b', 3, '10.77.4.2', '',"
    " 0.00015, 'h1', NULL);"
    "INSERT INTO t_Hops VALUES ('h1', '0003ee55-29b0-4dfd-8698-c34c38f6702b', 1, '10.77.0.2',"
    " 'r1.example.net.', 9.0e-05, NULL, NULL);"
    "INSERT INTO t_Traceroutes VALUES ('1003ee55-29b0-4dfd-8698-c34c38f6702b', 'gone',"
    " 'a1d7b91a-8cf6-45da-a85c-b1bc1fec2dc8', '2019-11-22T13:30:01Z', '');"
    "INSERT INTO t_Traceroutes VALUES ('2003ee55-29b0-4dfd-8698-c34c38f6702b',"
    " '5acb3676-6c21-43eb-bc16-d26709aa0439', 'a1d7b91a-8cf6-45da-a85c-b1bc1fec2dc8',"
    " '2019-11-22T14:31:01+01:00', '');";

struct OldDatabaseFixture {
    TempDir dir;
    std::filesystem::path file = dir / "old.db";

    void run(std::string const& sql) const {
        sqlite3* handle = nullptr;
        BOOST_REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
        BOOST_REQUIRE(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
        sqlite3_close(handle);
    }
    [[nodiscard]] std::unique_ptr<OldDatabase> opened() const {
        auto old = OldDatabase::open(file);
        BOOST_REQUIRE_MESSAGE(old.has_value(), old.error().message);
        return std::move(*old);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(old_database, OldDatabaseFixture)

BOOST_AUTO_TEST_CASE(its_traces_come_with_silent_hops_and_times) {
    run(std::string(tables) + content);
    auto const old = opened();
    auto const traces = old->next(1);
    BOOST_REQUIRE(traces.has_value());
    BOOST_REQUIRE(traces->size() == 1U);
    auto const& trace = traces->front();
    BOOST_TEST(dist_traceroute::is_from_slave(trace));
    BOOST_TEST(trace.probe == "slave1");
    BOOST_TEST(trace.measurement->name == "Chain");
    BOOST_TEST(to_text(trace.started_at) == "2019-11-22T13:29:01.000000Z");
    BOOST_TEST((trace.stop_reason == StopReason::completed));
    BOOST_REQUIRE(trace.paths.size() == 1U);
    auto const& hops = trace.paths.front().hops;
    BOOST_REQUIRE(hops.size() == 3U);
    BOOST_TEST(hops[0].answers.at(0).name.value_or("") == "r1.example.net");
    BOOST_TEST(hops[0].answers.at(0).rtt_us == 90U);
    BOOST_TEST(hops[1].answers.empty());
    BOOST_TEST(hops[2].answers.at(0).rtt_us == 150U);

    auto const rest = old->next(100);
    BOOST_REQUIRE(rest.has_value());
    BOOST_REQUIRE(rest->size() == 1U);  // that of a slave that is gone is passed over
    BOOST_TEST((rest->front().stop_reason == StopReason::error));
    BOOST_TEST(to_text(rest->front().started_at) == "2019-11-22T13:31:01.000000Z");
    BOOST_TEST(old->skipped() == 1U);
    BOOST_TEST(old->next(100)->empty());

    BOOST_TEST((opened()->next(1)->front().id == trace.id));
}

BOOST_AUTO_TEST_CASE(slaves_and_targets_become_files) {
    run(std::string(tables) + content);
    auto const old = opened();
    BOOST_TEST(dist_traceroute::probes_file(*old->slaves()) ==
               "{\n  \"Slaves\": [\n    {\"Name\": \"slave1\", \"Password\": \"12\\\"34\"}\n"
               "  ]\n}\n");
    BOOST_TEST(dist_traceroute::targets_file(*old->targets()) ==
               "{\n  \"Targets\": {\n    \"a1d7b91a-8cf6-45da-a85c-b1bc1fec2dc8\": "
               "{\"Name\": \"Chain\", \"Address\": \"10.77.4.2\", \"Retries\": 1, "
               "\"MaxHops\": 30, \"TimeoutMs\": 500}\n  }\n}\n");
}

BOOST_AUTO_TEST_CASE(rows_that_make_no_sense_do_no_harm) {
    run(std::string(tables) + content +
        "UPDATE t_Traceroutes SET dtStart = 'yesterday';"
        "UPDATE t_Hops SET nHopIndex = -7, strHopIPAddress = 'x', dDurationSec = 9e999");
    auto const old = opened();
    BOOST_TEST(old->next(10)->empty());
    BOOST_TEST(old->skipped() == 3U);
}

BOOST_AUTO_TEST_CASE(other_files_are_refused) {
    auto const refusal = [&] {
        auto const old = OldDatabase::open(file);
        BOOST_REQUIRE(!old.has_value());
        return old.error().message;
    };
    BOOST_TEST(refusal().find("unable to open") != std::string::npos);
    run("CREATE TABLE other (x)");
    BOOST_TEST(refusal().find("is not a database of dist-traceroute") != std::string::npos);
    std::ofstream(file) << std::string(4096, 'x');
    BOOST_TEST(refusal().find("not a database") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
