// What is refused is not taken, what was taken stays, and all goes on when the reason is gone.

#include "odd_traces.hpp"
#include "sqlite/sqlite_database.hpp"
#include "store_fixture.hpp"

#include <boost/asio/co_spawn.hpp>

#include <child.hpp>
#include <sample_trace.hpp>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <random>
#include <set>

using namespace dtrace;
namespace errc = boost::system::errc;

namespace {

using test::noon;

std::vector<Trace> some_report(test::OddTraces& odd, std::size_t size) {
    std::vector<Trace> report;
    while (report.size() < size)
        report.push_back(odd.next());
    return report;
}

struct FailureFixture : test::StoreFixture {
    test::OddTraces odd{31};
    std::set<Uuid> taken;

    /// Adds reports until one is refused, and returns that.
    std::vector<Trace> fill() {
        for (int i = 0; i < 10'000; ++i) {
            auto report = some_report(odd, 20);
            auto const fresh = try_add(report);
            if (!fresh) {
                BOOST_TEST((fresh.error().code == errc::no_space_on_device), fresh.error().message);
                BOOST_TEST(fresh.error().message == file.string() + ": no space left");
                return report;
            }
            for (Trace const& trace : report)
                taken.insert(trace.id);
        }
        BOOST_FAIL("it was never full");
        return {};
    }

    /// Exactly what was taken is there.
    void check() {
        std::multiset<Uuid> found;
        for (Trace const& trace : find_all({.limit = 1000}))
            found.insert(trace.id);
        BOOST_TEST((found == std::multiset<Uuid>(taken.begin(), taken.end())));
        BOOST_TEST(counts().traces == taken.size());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(failure, FailureFixture)

BOOST_AUTO_TEST_CASE(a_full_database) {
    limits.max_bytes = 600'000;
    auto const refused = fill();
    BOOST_TEST(!taken.empty());
    BOOST_TEST(store->trouble().has_value());
    BOOST_TEST(log.count("database cannot be written") == 1U);
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(!try_add(refused));
    BOOST_TEST(log.count("database cannot be written") == 1U);
    check();

    limits.max_bytes.reset();
    open();
    check();
    BOOST_TEST(add(refused) == refused.size());
    for (Trace const& trace : refused)
        taken.insert(trace.id);
    check();
    BOOST_TEST(!store->trouble());
}

BOOST_AUTO_TEST_CASE(one_report_that_is_too_much_does_not_stop_the_others) {
    limits.max_bytes = 1'000'000;
    open();
    auto const huge = some_report(odd, 3'000);
    std::vector<std::vector<Trace>> small;
    for (int i = 0; i < 20; ++i)
        small.push_back(some_report(odd, 1));
    // They wait for the lock together, so that they share a transaction.
    auto const other = store::Database::open(file).value();
    other->execute("BEGIN IMMEDIATE");
    int refused = 0;
    int accepted = 0;
    auto const send = [&](std::vector<Trace> report) -> boost::asio::awaitable<void> {
        auto const size = report.size();
        auto const fresh = co_await traces().add(std::move(report));
        if (fresh)
            accepted += static_cast<int>(fresh->size());
        else
            refused += static_cast<int>(size);
    };
    auto const spawn = [&](std::vector<Trace> const& report) {
        boost::asio::co_spawn(io, send(report), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
    };
    for (int i = 0; i < 10; ++i)
        spawn(small[static_cast<std::size_t>(i)]);
    spawn(huge);
    for (int i = 10; i < 20; ++i)
        spawn(small[static_cast<std::size_t>(i)]);
    io.poll();
    other->execute("ROLLBACK");
    io.run();
    BOOST_TEST(accepted == 20);
    BOOST_TEST(refused == 3'000);
    for (auto const& report : small)
        taken.insert(report[0].id);
    check();
}

BOOST_AUTO_TEST_CASE(a_full_disk) {
    // A disk of our own, in a mount namespace of our own. This needs the privilege to make one.
    auto const said = test::in_child([&]() -> std::string {
        if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
            return errno_error("cannot make a mount namespace").message;
        mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
        auto const disk = folder / "disk";
        std::filesystem::create_directory(disk);
        if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=2m") != 0)
            return errno_error("cannot mount a small disk").message;
        file = disk / "dtrace.db";
        test::write_file(disk / "ballast", std::string(1'000'000, 'x'));
        auto const refused = fill();
        if (!store->trouble()) return "no trouble was told";
        check();
        std::filesystem::remove(disk / "ballast");
        if (add(refused) != refused.size()) return "not added after there was room again";
        for (Trace const& trace : refused)
            taken.insert(trace.id);
        if (store->trouble()) return "trouble was not over: " + store->trouble()->message;
        if (log.count("database can be written again") != 1) return "its end was not logged";
        fill();
        check();
        open();
        check();
        store.reset();
        return "all is well after " + std::to_string(taken.size() / 1000) + " thousand";
    });
    BOOST_TEST(said.starts_with("all is well"), said);
}

BOOST_AUTO_TEST_CASE(too_much_waiting_is_refused_at_once) {
    limits.max_waiting_traces = 25;
    open();
    auto const other = store::Database::open(file).value();
    other->execute("BEGIN IMMEDIATE");
    int accepted = 0;
    int refused = 0;
    auto const send = [&](std::vector<Trace> report) -> boost::asio::awaitable<void> {
        auto const fresh = co_await traces().add(report);
        if (fresh) {
            ++accepted;
            for (Trace const& trace : report)
                taken.insert(trace.id);
        } else {
            ++refused;
            BOOST_TEST((fresh.error().code == errc::resource_unavailable_try_again));
        }
    };
    for (int i = 0; i < 10; ++i)
        boost::asio::co_spawn(io, send(some_report(odd, 5)), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
    io.poll();
    BOOST_TEST(refused == 5);  // they have their answer while the others wait
    BOOST_TEST(accepted == 0);
    other->execute("ROLLBACK");
    io.run();
    BOOST_TEST(accepted == 5);
    check();
    // One that is larger than the limit is taken when nothing waits.
    auto const large = some_report(odd, 60);
    BOOST_TEST(add(large) == 60U);
}

BOOST_AUTO_TEST_CASE(rows_that_make_no_sense) {
    std::size_t told = 0;
    auto const trace = test::StablePath(1, 15, 3).next("n1", {make_uuid_from_name("m"), "m"}, noon);
    for (auto const* damage :
         {"UPDATE trace SET record = x''", "UPDATE trace SET record = x'FFFFFFFFFFFFFFFF'",
          "UPDATE trace SET id = x'00'", "UPDATE path SET shape = x'00'",
          "UPDATE path SET first = x'00'", "DELETE FROM path", "DELETE FROM address",
          "DELETE FROM text", "DELETE FROM context", "UPDATE context SET method = 9",
          "DELETE FROM series", "UPDATE address SET bytes = CAST(bytes || 'x' AS BLOB)"}) {
        store.reset();
        std::filesystem::remove(file);
        BOOST_TEST(add({trace}) == 1U);
        store.reset();
        {
            auto const database = store::Database::open(file).value();
            database->execute(damage);
            BOOST_REQUIRE_MESSAGE(!database->failed(), damage);
        }
        auto const page = find({});
        BOOST_TEST(page.traces.empty());
        BOOST_TEST(page.unreadable.count == 1U, damage);
        BOOST_REQUIRE_MESSAGE(page.unreadable.reason, damage);
        auto const& reason = *page.unreadable.reason;
        BOOST_TEST((reason.code == errc::bad_message), damage);
        BOOST_TEST(reason.message.find("the file is damaged (") != std::string::npos);
        BOOST_TEST(log.count("database is damaged") == ++told);
        BOOST_REQUIRE(store->trouble());
        BOOST_TEST(store->trouble()->message == reason.message);
        // It still takes what it can, which does not mend the rest.
        auto later = trace;
        later.id = make_uuid_from_name("later");
        later.started_at += seconds(1);
        (void)try_add({later});
        (void)value_of(traces().find({}));
        BOOST_TEST(store->trouble().has_value());
        BOOST_TEST(log.count("database is damaged") == told);
    }
}

/// The same path goes on being measured.
BOOST_AUTO_TEST_CASE(a_damaged_path_takes_no_new_traces) {
    test::StablePath way(1, 15, 3);
    auto const trace = [&](int second) {
        return way.next("n1", {make_uuid_from_name("m"), "m"}, noon + seconds(second));
    };
    int next = 0;
    for (auto const* damage :
         {"UPDATE path SET shape = x'00'", "UPDATE path SET first = x'00'",
          "UPDATE address SET bytes = CAST(bytes || 'x' AS BLOB)",
          "DELETE FROM address WHERE id = (SELECT id FROM address ORDER BY id LIMIT 1 OFFSET 3)"}) {
        store.reset();
        std::filesystem::remove(file);
        auto const before = trace(next++);
        BOOST_TEST(add({before}) == 1U);
        store.reset();
        std::int64_t rows = 0;
        {
            auto const database = store::Database::open(file).value();
            rows = database->integer_of("SELECT count(*) FROM path");
            database->execute(damage);
            BOOST_REQUIRE_MESSAGE(!database->failed(), damage);
        }
        auto const told = log.count("database is damaged");
        std::vector<Trace> after;
        for (int report = 0; report < 2; ++report) {
            after.insert(after.begin(), trace(next++));
            BOOST_TEST(add({after.front()}) == 1U, damage);
        }
        BOOST_REQUIRE_MESSAGE(store->trouble(), damage);
        BOOST_TEST(store->trouble()->message.find("the file is damaged (path ") !=
                   std::string::npos);
        BOOST_TEST(log.count("database is damaged") == told + 1);
        store.reset();
        after.insert(after.begin(), trace(next++));
        BOOST_TEST(add({after.front()}) == 1U, damage);
        BOOST_TEST(!store->trouble().has_value(), damage);  // what is written now is sound
        auto const page = find({});
        BOOST_TEST((page.traces == after), damage);
        BOOST_TEST(page.unreadable.count == 1U, damage);
        auto const database = store::Database::open(file).value();
        BOOST_TEST(database->integer_of("SELECT count(*) FROM path") == 2 * rows, damage);
    }
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_read_hides_no_other) {
    std::vector<Trace> report;
    for (int i = 0; i < 10; ++i)
        report.push_back(
            test::StablePath(static_cast<std::uint32_t>(i + 1), 15, 3)
                .next("n" + std::to_string(i), {make_uuid_from_name("m"), "m"}, noon + seconds(i)));
    BOOST_TEST(add(report) == 10U);
    store.reset();
    {
        auto const database = store::Database::open(file).value();
        for (auto const* damage :
             {"UPDATE trace SET record = x'FF' WHERE started = (SELECT max(started) FROM trace)",
              "UPDATE path SET shape = x'00' WHERE id = (SELECT min(id) FROM path)",
              "UPDATE latest SET record = x'' WHERE series = (SELECT max(series) FROM latest)"})
            database->execute(damage);
        BOOST_REQUIRE(!database->failed());
    }
    auto const all = find({});
    BOOST_TEST((all.traces == std::vector<Trace>(report.rbegin() + 1, report.rend() - 1)));
    BOOST_TEST(all.unreadable.count == 2U);
    BOOST_TEST(log.count("database is damaged") == 1U);
    // Pages go on behind those that are left out.
    BOOST_TEST((find_all({.limit = 1}) == all.traces));
    BOOST_TEST(find({.probe = "n9"}).unreadable.count == 1U);
    auto const latest = find({.latest = true});
    BOOST_TEST(latest.traces.size() == 8U);
    BOOST_TEST(latest.unreadable.count == 2U);
    // Asked for by its id it is no answer.
    auto const one = value_of(traces().get(report.back().id));
    BOOST_REQUIRE(!one);
    BOOST_TEST((one.error().code == errc::bad_message));
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_told_and_survived) {
    for (int i = 0; i < 10; ++i)
        add(some_report(odd, 30));
    store.reset();
    auto const whole = test::read_file(file);
    std::mt19937 random(32);
    int told = 0;
    for (int round = 0; round < 60; ++round) {
        auto bytes = whole;
        for (int i = 0; i < 200; ++i)
            bytes[100 + random() % (bytes.size() - 100)] = static_cast<char>(random());
        if (round % 4 == 0) bytes.resize(random() % bytes.size());
        for (auto const* suffix : {"-wal", "-shm"})
            std::filesystem::remove(file.string() + suffix);
        test::write_file(file, bytes);
        auto opened = store::open_store(file, io.get_executor(), log);
        if (!opened) {
            ++told;
            continue;
        }
        store = std::move(*opened);
        auto const note = [&](bool good) { told += good ? 0 : 1; };
        note(value_of(traces().find({.limit = 1000})).has_value());
        note(value_of(traces().find({.probe = "n1"})).has_value());
        note(value_of(traces().get(make_uuid_v7(noon))).has_value());
        note(value_of(traces().counts()).has_value());
        note(value_of(catalog().probes()).has_value());
        note(try_add(some_report(odd, 30)).has_value());
        store.reset();
    }
    BOOST_TEST(told > 30);
}

BOOST_AUTO_TEST_SUITE_END()
