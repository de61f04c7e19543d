#include "network_days.hpp"

#include "io_fixture.hpp"
#include "log_capture.hpp"
#include "temp_dir.hpp"

#include <dtrace/store/database_file.hpp>

#include <boost/test/unit_test.hpp>

#include <map>

using namespace dtrace;
using namespace dtrace::test;
using std::chrono::hours;

namespace {

struct NetworkDaysFixture : IoFixture {
    TempDir dir;
    LogCapture log;
    std::unique_ptr<store::Store> store;
    NetworkDays::Options options;

    NetworkDaysFixture() {
        auto opened = store::open_store(dir / "dtrace.db", io.get_executor(), log);
        BOOST_REQUIRE(opened);
        store = *std::move(opened);
        options.begin = std::chrono::floor<std::chrono::days>(wall_clock_now()) - hours(72);
    }

    /// Rows and bytes of each table.
    std::map<std::string, store::TableSize> tables() {
        std::map<std::string, store::TableSize> sizes;
        auto const info = store::read_info(dir / "dtrace.db");
        BOOST_REQUIRE(info);
        for (auto const& table : info->tables)
            sizes[table.name] = table;
        return sizes;
    }

    /// By hours, or by days.
    NetworkDays::Told rolled_up(std::size_t probe, hours length, bool days) {
        store::HistoryQuery query{.probe = NetworkDays::probe(probe),
                                  .measurement = NetworkDays::measurement(),
                                  .from = options.begin,
                                  .to = options.begin + length,
                                  .days = days};
        NetworkDays::Told sum;
        auto const history = value_of(store->traces().history(std::move(query))).value();
        for (auto const& [start, rollup] : history.rollups) {
            sum.traces += rollup.traces;
            sum.reached += rollup.reached;
            sum.failed += rollup.failed;
            sum.sent += rollup.sent;
            sum.answered += rollup.answered;
        }
        return sum;
    }

    std::size_t traces_before(Timestamp time) {
        store::TraceQuery query;
        query.to = time;
        return value_of(store->traces().find(std::move(query))).value().traces.size();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(network_days, NetworkDaysFixture)

BOOST_AUTO_TEST_CASE(two_days_of_a_thousand_probes) {
    NetworkDays network(options, *store, log);
    run([&]() -> boost::asio::awaitable<void> { co_await network.live(24); });
    auto const after_one = tables();
    run([&]() -> boost::asio::awaitable<void> { co_await network.live(24); });
    auto const after_two = tables();

    // Nothing is lost on the way, and nothing counted twice.
    BOOST_TEST(network.counters().accepted == 8'000U);
    BOOST_TEST(network.counters().refused + network.counters().known == 0U);
    for (std::size_t i = 0; i < options.probes; ++i) {
        BOOST_REQUIRE_MESSAGE((rolled_up(i, hours(48), false) == network.told(i)), "probe " << i);
        BOOST_REQUIRE_MESSAGE((rolled_up(i, hours(48), true) == network.told(i)), "probe " << i);
        BOOST_REQUIRE(network.told(i).traces == 8U);
    }
    BOOST_TEST(network.done().rolled_up == 8'000U);
    BOOST_TEST(network.done().days == 2'000U);
    BOOST_TEST(after_two.at("rollup").rows == 8'000U);

    // Old traces are gone; those of the last hours are not.
    BOOST_TEST(traces_before(network.now() - hours(6)) == 0U);
    BOOST_TEST(network.done().removed == 42U * 1000 / 6);
    BOOST_TEST(after_two.at("trace").rows == 6U * 1000 / 6);

    // What they alone referred to goes by whole days: of the first one, the paths of 16 rounds, but
    // 32 of 119 that a roll-up lists, with a router and its name each; and what 16 failures said.
    BOOST_TEST(network.done().swept == 16U * (119 - 32) * 3 + 16);
    for (auto const* table : {"trace", "moment", "path", "text", "address", "context"}) {
        auto const& before = after_one.at(table);
        auto const& after = after_two.at(table);
        BOOST_TEST_MESSAGE(table << ": " << before.rows << " rows, " << before.bytes << " bytes; "
                                 << after.rows << " rows, " << after.bytes << " bytes");
        BOOST_TEST(after.bytes <= before.bytes * 3 / 2, table);
    }
    BOOST_TEST(store::check_file(dir / "dtrace.db").value().complaints.empty());
}

BOOST_AUTO_TEST_CASE(a_third_of_a_year_of_a_few_probes) {
    constexpr int days = 120;
    constexpr int days_of_hours = 30;
    options.begin = std::chrono::floor<std::chrono::days>(wall_clock_now()) - hours(24 * days + 24);
    options.probes = 5;
    options.every = hours(3);
    options.keep = hours(48);
    options.keep_hours = hours(24 * days_of_hours);
    options.tick = hours(24);
    options.spreads = false;
    NetworkDays network(options, *store, log);
    run([&]() -> boost::asio::awaitable<void> { co_await network.live(days); });

    BOOST_TEST(network.counters().accepted == 5U * 8 * days);
    for (std::size_t i = 0; i < options.probes; ++i) {
        BOOST_TEST((rolled_up(i, hours(24 * days), true) == network.told(i)), "probe " << i);
        BOOST_TEST(rolled_up(i, hours(24 * days), false).traces == 8U * days_of_hours);
    }
    auto const left = tables();
    BOOST_TEST(left.at("rollup_day").rows == 5U * days);
    BOOST_TEST(left.at("rollup").rows == 5U * 8 * days_of_hours);
    BOOST_TEST(network.done().hours == 5U * 8 * (days - days_of_hours));
    BOOST_TEST(left.at("trace").rows == 5U * 8 * 2);
    BOOST_TEST(left.at("latest").rows == 5U);
    BOOST_TEST(store::check_file(dir / "dtrace.db").value().complaints.empty());
}

BOOST_AUTO_TEST_SUITE_END()
