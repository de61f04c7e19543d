// A process that is killed at any moment loses nothing that it acknowledged, and stores nothing
// twice when its probes send again.

#include "store_fixture.hpp"

#include <boost/asio/co_spawn.hpp>

#include <sample_trace.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <map>
#include <random>
#include <vector>

using namespace dtrace;
namespace asio = boost::asio;

namespace {

using test::noon;
constexpr int clients = 8;

/// The n-th report of a client, the same in every process.
std::vector<Trace> report_of(int round, int client, int n) {
    test::StablePath path(static_cast<std::uint32_t>(client), 15, 1);
    std::vector<Trace> report;
    for (int i = 0; i < 1 + n % 5; ++i) {
        auto const started = noon + std::chrono::hours(round) + milliseconds(100 * n + i);
        auto trace =
            path.next("n" + std::to_string(client), {make_uuid_from_name("m"), "m"}, started);
        auto const name = std::to_string(round) + "." + std::to_string(client) + "." +
                          std::to_string(n) + "." + std::to_string(i);
        auto const tail = make_uuid_from_name(name);
        std::copy(tail.bytes.begin() + 6, tail.bytes.end(), trace.id.bytes.begin() + 6);
        if (i == 3) trace.id = tail;
        report.push_back(std::move(trace));
    }
    return report;
}

struct Acknowledgement {
    std::int32_t client;
    std::int32_t report;
};

/// In the child: adds reports forever and says so for each that was acknowledged.
[[noreturn]] void work(std::filesystem::path const& file, int round, int out) {
    struct Silent : Logger {
        void write(LogLevel, std::string_view, std::span<LogField const>) override {}
    } log;
    asio::io_context io(1);
    auto const store = store::open_store(file, io.get_executor(), log).value();
    auto const run = [&](int client) -> asio::awaitable<void> {
        for (int n = 0;; ++n) {
            auto const fresh = co_await store->traces().add(report_of(round, client, n));
            if (!fresh || std::ranges::count(*fresh, store::Added::stored) != std::ssize(*fresh))
                _exit(2);
            Acknowledgement const said{client, n};
            if (write(out, &said, sizeof said) != sizeof said) _exit(3);
        }
    };
    for (int client = 0; client < clients; ++client)
        asio::co_spawn(io, run(client), [](std::exception_ptr) { _exit(4); });
    io.run();
    _exit(5);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(crash, test::StoreFixture)

BOOST_AUTO_TEST_CASE(what_was_acknowledged_is_there_once) {
    std::mt19937 random(51);
    std::map<Uuid, int> expected;
    std::size_t beyond = 0;
    for (int round = 0; round < 30; ++round) {
        std::array<int, 2> ends{};
        BOOST_REQUIRE_EQUAL(pipe(ends.data()), 0);
        pid_t const child = fork();
        BOOST_REQUIRE_GE(child, 0);
        if (child == 0) work(file, round, ends[1]);
        close(ends[1]);
        std::array<int, clients> acknowledged{};
        Acknowledgement said{};
        auto const hear = [&] { return read(ends[0], &said, sizeof said) == sizeof said; };
        for (auto left = random() % 300; left > 0; --left) {
            BOOST_REQUIRE(hear());
            ++acknowledged[static_cast<std::size_t>(said.client)];
        }
        BOOST_REQUIRE_EQUAL(kill(child, SIGKILL), 0);
        while (hear())
            ++acknowledged[static_cast<std::size_t>(said.client)];
        close(ends[0]);
        int status = 0;
        BOOST_REQUIRE_EQUAL(waitpid(child, &status, 0), child);
        BOOST_REQUIRE_MESSAGE(WIFSIGNALED(status), "the child ended by itself: " << status);

        open();
        for (int client = 0; client < clients; ++client) {
            int const reports = acknowledged[static_cast<std::size_t>(client)];
            for (int n = 0; n < reports; ++n) {
                auto const report = report_of(round, client, n);
                for (Trace const& trace : report)
                    ++expected[trace.id];
                // Its probe may not have heard of it and sends again.
                if (n + 1 == reports) BOOST_TEST(add(report) == 0U);
            }
            // The next one was perhaps committed and not acknowledged: now it is there for sure.
            auto const next = report_of(round, client, reports);
            auto const fresh = add(next);
            BOOST_TEST((fresh == 0 || fresh == next.size()), "a report is taken whole or not");
            beyond += next.size() - fresh;
            for (Trace const& trace : next)
                ++expected[trace.id];
        }
        store.reset();
    }
    BOOST_TEST_MESSAGE("committed and not acknowledged: " << beyond);
    std::map<Uuid, int> found;
    for (Trace const& trace : find_all({.limit = 1000}))
        ++found[trace.id];
    BOOST_TEST(found.size() == expected.size());
    BOOST_TEST((found == expected));
    BOOST_TEST(counts().traces == expected.size());
}

BOOST_AUTO_TEST_SUITE_END()
