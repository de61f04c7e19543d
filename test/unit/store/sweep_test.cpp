#include "upkeep_fixture.hpp"

#include <fmt/format.h>

#include <sqlite3.h>

#include <random>

using namespace dtrace;
using namespace dtrace::store;
using namespace dtrace::test;

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

struct SweepFixture : UpkeepFixture {
    /// By a router of its own, which has a name.
    Trace by_router(Timestamp started, int number) {
        auto made = trace(started, 3, 1000, fmt::format("198.51.100.{}", number % 250).c_str());
        for (auto& answer : made.paths.front().hops.front().answers)
            answer.name = fmt::format("router-{}", number);
        return made;
    }
    Trace failed(Timestamp started, std::string reason) {
        auto made = trace(started);
        made.paths.clear();
        made.packets = {};
        made.stop_reason = StopReason::error;
        made.error = std::move(reason);
        return made;
    }

    /// Hundreds of paths and errors in one hour.
    void add_hour() {
        std::vector<Trace> batch;
        for (int i = 0; i < 900; ++i) {
            batch.push_back(by_router(noon + seconds(i * 4), i));
            batch.push_back(failed(noon + seconds(i * 4 + 1), fmt::format("reason {}", i)));
        }
        add(std::move(batch));
    }

    /// As another program sees it.
    std::int64_t number(std::string const& sql) {
        sqlite3* handle = nullptr;
        sqlite3_stmt* statement = nullptr;
        BOOST_REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
        BOOST_REQUIRE_MESSAGE(
            sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK, sql);
        BOOST_REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
        auto const value = sqlite3_column_int64(statement, 0);
        sqlite3_finalize(statement);
        sqlite3_close(handle);
        return value;
    }
    std::int64_t rows(std::string const& table) { return number("SELECT count(*) FROM " + table); }
    bool has_text(std::string const& text) {
        return number("SELECT count(*) FROM text WHERE value = '" + text + "'") == 1;
    }

    UpkeepRule const rule{.keep_traces = hours(5)};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sweep, SweepFixture)

BOOST_AUTO_TEST_CASE(what_nothing_refers_to_goes) {
    // More paths in one hour than its roll-up lists.
    for (int i = 0; i < 50; ++i)
        add({by_router(noon + minutes(i), i)});
    add({failed(noon + minutes(55), "no such host")});
    auto other = trace(noon + minutes(56));
    other.target.host = "elsewhere.example";
    other.paths.clear();
    add({other});
    BOOST_TEST(rows("path") == 50);
    BOOST_TEST(has_text("no such host"));
    BOOST_TEST(has_text("elsewhere.example"));
    auto const last = number("SELECT max(id) FROM path");

    // Whole days: nothing goes while a trace of that day is left.
    add({trace(noon + hours(8))});
    BOOST_TEST(all(rule, noon + hours(12)).removed > 0U);
    BOOST_TEST(rows("path") == 51);

    auto fresh = trace(noon + hours(40));
    fresh.target.host = "new.example";
    add({fresh});
    auto const done = all(rule, noon + hours(42));
    BOOST_TEST(done.swept > 0U);
    // The 32 of the roll-up, that of the trace that is left.
    BOOST_TEST(rows("path") == 33);
    BOOST_TEST(number("SELECT max(id) FROM path") > last);
    BOOST_TEST(number("SELECT count(*) FROM text WHERE value LIKE 'router-%'") == 32);
    BOOST_TEST(!has_text("no such host"));
    BOOST_TEST(!has_text("elsewhere.example"));
    BOOST_TEST(number("SELECT count(*) FROM address") == 32 + 2);
    BOOST_TEST(history().at(0).rollup.traces == 52U);
    BOOST_TEST(history().at(0).rollup.paths.size() == 32U);
    BOOST_TEST(history().at(0).rollup.other_paths == 18U);
    BOOST_TEST(all(rule, noon + hours(43)).swept == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_used_again_stays) {
    for (int i = 0; i < 50; ++i)
        add({by_router(noon + minutes(i), i)});
    add({failed(noon + minutes(55), "no such host")});
    add({by_router(noon + hours(40), 3), failed(noon + hours(40) + minutes(1), "no such host")});
    all(rule, noon + hours(42));
    BOOST_TEST(has_text("no such host"));
    BOOST_TEST(has_text("router-3"));
    auto const left = find_all({.limit = 1000});
    BOOST_REQUIRE(left.size() == 2U);
    BOOST_TEST(left.front().error.value_or("") == "no such host");
    BOOST_TEST(left.back().paths.front().hops.front().answers.front().name.value_or("") ==
               "router-3");
}

BOOST_AUTO_TEST_CASE(what_comes_between_two_steps_is_safe) {
    std::mt19937 random(7);
    add_hour();
    auto now = noon + hours(50);
    std::uint64_t swept = 0;
    for (int i = 0; i < 150; ++i) {
        swept += step(rule, now).swept;
        auto const number = static_cast<int>(random() % 900);
        auto const started = now + milliseconds(random() % 60'000);
        add({by_router(started, number), failed(started, fmt::format("reason {}", number))});
        // One that comes far too late, too, by what is about to go.
        if (i % 5 == 0)
            add({by_router(noon + minutes(random() % 600), static_cast<int>(random() % 900))});
        now += seconds(1);
    }
    swept += all(rule, now).swept;
    BOOST_TEST(swept > 500U);
    store.reset();  // nothing is remembered
    auto const left = find_all({.limit = 1000});
    BOOST_TEST(left.size() == count());
    for (auto const& each : left)
        BOOST_TEST((each.error || !each.paths.empty()));
    BOOST_TEST(!history().empty());
}

BOOST_AUTO_TEST_CASE(it_goes_on_after_a_restart) {
    add_hour();
    auto const now = noon + hours(50);
    while (step(rule, now).swept == 0) {
    }
    store.reset();
    all(rule, now);
    BOOST_TEST(rows("path") == 32);
    BOOST_TEST(number("SELECT count(*) FROM text WHERE value LIKE 'router-%'") == 32);
}

BOOST_AUTO_TEST_CASE(a_path_that_cannot_be_read_keeps_nothing_else) {
    add_hour();
    auto const now = noon + hours(50);
    while (step(rule, now).swept == 0) {
    }
    store.reset();
    change_file("UPDATE path SET shape = x'00' WHERE id = (SELECT max(id) FROM path)");
    std::optional<Error> unreadable;
    for (bool more = true; more;) {
        auto const done = step(rule, now);
        more = done.more;
        if (done.unreadable.reason) unreadable = done.unreadable.reason;
    }
    BOOST_REQUIRE(unreadable);
    BOOST_TEST(unreadable->message.find("the file is damaged (path ") != std::string::npos);
    BOOST_TEST(store->trouble().has_value());
    // The newest path stays, and refers to a router of its own.
    BOOST_TEST(number("SELECT count(*) FROM text WHERE value LIKE 'router-%'") <= 33);
    BOOST_TEST(rows("path") <= 33);
}

BOOST_AUTO_TEST_CASE(without_retention_nothing_goes) {
    for (int i = 0; i < 50; ++i)
        add({by_router(noon + minutes(i), i)});
    BOOST_TEST(all({}, noon + days(9)).swept == 0U);
    BOOST_TEST(rows("path") == 50);
}

BOOST_AUTO_TEST_SUITE_END()
