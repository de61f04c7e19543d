// Days of a network through ingest, roll-up and retention: how long that takes, and what is left.
//
//   network_days_bench [PROBES [MINUTES_BETWEEN_ROUNDS [HOURS [HOURS_TO_KEEP [FOLDER]]]]]

#include <dtrace/store/database_file.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <network_days.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>

namespace {

using namespace dtrace;

struct Silent : Logger {
    void write(LogLevel, std::string_view, std::span<LogField const>) override {}
};

int number(int count, char** words, int index, int otherwise) {
    return count > index ? std::atoi(words[index]) : otherwise;
}

void tell(std::filesystem::path const& file, int hour, double taken) {
    auto const info = store::read_info(file).value();
    std::printf("%d h in %.1f s: %llu traces left, %.1f MB in use;", hour, taken,
                static_cast<unsigned long long>(info.traces),
                static_cast<double>(info.bytes - info.free_bytes) / 1e6);
    for (auto const& table : info.tables)
        if (table.bytes > 100'000)
            std::printf(" %s %llu rows %.1f MB", table.name.c_str(),
                        static_cast<unsigned long long>(table.rows),
                        static_cast<double>(table.bytes) / 1e6);
    std::printf("\n");
}

/// Of how many probes the hours do not say what was reported.
boost::asio::awaitable<std::size_t> wrong_counts(store::TraceStore& traces,
                                                 test::NetworkDays const& network,
                                                 test::NetworkDays::Options options, int hours) {
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < options.probes; ++i) {
        store::HistoryQuery query{.probe = test::NetworkDays::probe(i),
                                  .measurement = test::NetworkDays::measurement(),
                                  .from = options.begin,
                                  .to = options.begin + std::chrono::hours(hours)};
        auto const history = (co_await traces.history(std::move(query))).value();
        test::NetworkDays::Told sum;
        for (auto const& [start, rollup] : history.rollups) {
            sum.traces += rollup.traces;
            sum.reached += rollup.reached;
            sum.failed += rollup.failed;
            sum.sent += rollup.sent;
            sum.answered += rollup.answered;
        }
        if (sum != network.told(i)) ++wrong;
    }
    co_return wrong;
}

template <class Work>
void run(boost::asio::io_context& io, Work work) {
    boost::asio::co_spawn(io, std::move(work), [](std::exception_ptr failure, auto&&...) {
        if (failure) std::rethrow_exception(failure);
    });
    io.restart();
    io.run();
}

}  // namespace

int main(int count, char** words) {
    auto const hours = number(count, words, 3, 48);
    std::filesystem::path const folder =
        count > 5 ? words[5] : std::filesystem::temp_directory_path().string();
    auto const file = folder / "network_days_bench.db";
    for (auto const* suffix : {"", "-wal", "-shm"})
        std::filesystem::remove(file.string() + suffix);
    Silent log;
    boost::asio::io_context io(1);
    auto const store = store::open_store(file, io.get_executor(), log).value();
    test::NetworkDays::Options options;
    options.probes = static_cast<std::size_t>(number(count, words, 1, 1000));
    options.every = std::chrono::minutes(number(count, words, 2, 1));
    options.hops = 15;
    options.keep = std::chrono::hours(number(count, words, 4, 24));
    options.begin =
        std::chrono::floor<std::chrono::days>(wall_clock_now()) - std::chrono::hours(hours + 24);
    test::NetworkDays network(options, *store, log);
    auto const start = Clock::now();
    for (int hour = 0; hour < hours; hour += 12) {
        run(io, network.live(std::min(12, hours - hour)));
        tell(file, std::min(hour + 12, hours),
             std::chrono::duration<double>(Clock::now() - start).count());
    }
    std::size_t wrong = 0;
    run(io, [&]() -> boost::asio::awaitable<void> {
        wrong = co_await wrong_counts(store->traces(), network, options, hours);
    });
    std::printf("%zu of %zu probes miscounted\n", wrong, options.probes);
    std::printf("%llu ingested, %llu hours summed up, %llu removed, %llu rows swept\n",
                static_cast<unsigned long long>(network.counters().accepted),
                static_cast<unsigned long long>(network.done().rolled_up),
                static_cast<unsigned long long>(network.done().removed),
                static_cast<unsigned long long>(network.done().swept));
    return wrong == 0 ? 0 : 1;
}
