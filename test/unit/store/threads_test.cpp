#include "odd_traces.hpp"
#include "sqlite/sqlite_threads.hpp"
#include "store_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <sample_trace.hpp>

#include <atomic>
#include <functional>
#include <set>

using namespace dtrace;
namespace asio = boost::asio;

namespace {

void rethrow(std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
}

struct ThreadsFixture : test::StoreFixture {
    test::OddTraces odd{41};
    std::set<Uuid> taken;
};

/// Inserts a row and, when told the outcome, counts the rows that others see by then.
struct CountingJob : store::Job {
    CountingJob(store::Database& writer, store::Database& other, std::vector<std::int64_t>& seen)
        : Job(1), writer_(writer), other_(other), seen_(seen) {}

    void run() override { writer_.execute("INSERT INTO t VALUES (1)"); }
    void finish(std::optional<Error> failure) override {
        seen_.push_back(failure ? -1 : other_.integer_of("SELECT count(*) FROM t"));
    }

    store::Database& writer_;
    store::Database& other_;
    std::vector<std::int64_t>& seen_;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(threads, ThreadsFixture)

BOOST_AUTO_TEST_CASE(many_at_a_time) {
    auto const client = [&](int number) -> asio::awaitable<void> {
        test::OddTraces own(static_cast<std::uint32_t>(1000 + number));
        for (int i = 0; i < 10; ++i) {
            std::vector<Trace> report;
            for (int n = 0; n < 3; ++n)
                report.push_back(own.next());
            for (Trace const& trace : report)
                taken.insert(trace.id);
            auto const fresh = co_await traces().add(report);
            BOOST_REQUIRE_MESSAGE(fresh, fresh.error().message);
            BOOST_TEST(std::ranges::count(*fresh, store::Added::stored) == 3);
            for (Trace const& trace : report) {
                auto const found = co_await traces().get(trace.id);
                BOOST_TEST((found && *found == trace), "what is acknowledged can be read");
            }
        }
    };
    open();
    for (int i = 0; i < 50; ++i)
        asio::co_spawn(io, client(i), rethrow);
    io.run();
    BOOST_TEST(counts().traces == taken.size());
    BOOST_TEST(find_all({.limit = 1000}).size() == taken.size());
}

BOOST_AUTO_TEST_CASE(the_same_report_twice_at_the_same_time_is_stored_once) {
    open();
    std::vector<Trace> report;
    for (int i = 0; i < 20; ++i)
        report.push_back(odd.next());
    std::size_t fresh = 0;
    auto const send = [&]() -> asio::awaitable<void> {
        auto const result = co_await traces().add(report);
        BOOST_REQUIRE(result);
        fresh += static_cast<std::size_t>(std::ranges::count(*result, store::Added::stored));
    };
    for (int i = 0; i < 10; ++i)
        asio::co_spawn(io, send(), rethrow);
    io.run();
    BOOST_TEST(fresh == 20U);
    BOOST_TEST(counts().traces == 20U);
}

BOOST_AUTO_TEST_CASE(jobs_that_come_together_share_a_commit) {
    auto const writer = store::Database::open(file).value();
    writer->execute("PRAGMA journal_mode = WAL; CREATE TABLE t (x)");
    auto const locker = store::Database::open(file).value();
    auto const observer = store::Database::open(file).value();
    locker->execute("BEGIN IMMEDIATE");
    std::vector<std::int64_t> seen;
    store::Damage damage(log);
    {
        store::WriteThread thread(
            *writer, [] {}, {.gather = std::chrono::hours(1)}, damage, log);  // until it is closed
        for (int i = 0; i < 100; ++i) {
            std::unique_ptr<store::Job> job =
                std::make_unique<CountingJob>(*writer, *observer, seen);
            BOOST_REQUIRE(thread.queue().push(job));
        }
        locker->execute("COMMIT");
    }
    BOOST_REQUIRE_EQUAL(seen.size(), 100U);
    for (auto const count : seen)
        BOOST_TEST(count == 100);
}

BOOST_AUTO_TEST_CASE(a_transaction_that_fails_is_told_to_everyone) {
    auto const writer = store::Database::open(file).value();
    auto const observer = store::Database::open(file).value();
    std::vector<std::int64_t> seen;
    int undone = 0;
    store::Damage damage(log);
    {
        // There is no table.
        store::WriteThread thread(
            *writer, [&] { ++undone; }, {}, damage, log);
        for (int i = 0; i < 5; ++i) {
            std::unique_ptr<store::Job> job =
                std::make_unique<CountingJob>(*writer, *observer, seen);
            BOOST_REQUIRE(thread.queue().push(job));
        }
    }
    BOOST_TEST((seen == std::vector<std::int64_t>(5, -1)));
    BOOST_TEST(undone >= 5);
    BOOST_TEST(log.count("database cannot be written") == 1U);
    BOOST_TEST(!damage.found());
}

BOOST_AUTO_TEST_CASE(a_queue_that_is_closed_takes_nothing) {
    struct Nothing : store::Job {
        Nothing() : Job(1) {}
        void run() override {}
        void finish(std::optional<Error>) override {}
    };
    store::JobQueue queue(3);
    std::unique_ptr<store::Job> job = std::make_unique<Nothing>();
    BOOST_TEST(queue.push(job));
    BOOST_TEST(!job);
    queue.close();
    job = std::make_unique<Nothing>();
    BOOST_TEST(!queue.push(job));
    BOOST_TEST((job != nullptr));
    BOOST_TEST(queue.take().size() == 1U);
    BOOST_TEST(queue.take().empty());
}

BOOST_AUTO_TEST_CASE(what_a_cancelled_caller_sent_is_kept) {
    open();
    auto const locker = store::Database::open(file).value();
    locker->execute("BEGIN IMMEDIATE");
    auto const trace = odd.next();
    bool ended = false;
    asio::cancellation_signal signal;
    auto const send = [&]() -> asio::awaitable<void> {
        std::vector<Trace> report{trace};
        auto const fresh = co_await traces().add(std::move(report));
        BOOST_TEST(fresh.has_value());
    };
    asio::co_spawn(io, send(), asio::bind_cancellation_slot(signal.slot(), [&](auto failure) {
                       ended = true;
                       if (failure) std::rethrow_exception(failure);
                   }));
    io.poll();
    signal.emit(asio::cancellation_type::all);
    io.poll();
    BOOST_TEST(!ended);  // it waits for the disk alone
    locker->execute("COMMIT");
    try {
        io.run();
    } catch (boost::system::system_error const& error) {
        BOOST_TEST((error.code() == asio::error::operation_aborted));
    }
    BOOST_TEST(ended);
    BOOST_TEST((get(trace.id) == trace));
}

BOOST_AUTO_TEST_CASE(closing_finishes_what_was_given) {
    open();
    int answered = 0;
    auto const send = [&](Trace trace) -> asio::awaitable<void> {
        std::vector<Trace> report{std::move(trace)};
        auto const fresh = co_await traces().add(std::move(report));
        if (fresh) ++answered;
    };
    for (int i = 0; i < 50; ++i) {
        auto trace = odd.next();
        taken.insert(trace.id);
        asio::co_spawn(io, send(std::move(trace)), rethrow);
    }
    io.poll();
    store.reset();
    io.restart();
    io.run();
    BOOST_TEST(answered == 50);
    BOOST_TEST(find_all({.limit = 1000}).size() == 50U);
}

BOOST_AUTO_TEST_SUITE_END()
