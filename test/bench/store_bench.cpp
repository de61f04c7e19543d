// How fast the store takes traces, how much room they need, how fast it answers.
//
//   store_bench [SERIES [ROUNDS [ATTEMPTS [BATCH [CALLERS [FOLDER]]]]]]
//   store_bench ask FILE [SERIES]
//
// SERIES probes with one measurement each report ROUNDS traces of 15 hops, one a minute, in reports
// of BATCH traces by CALLERS at a time, all series in turn, as a network does it. Then every
// question is asked twice: of a store that has just been opened, when the kernel has nothing of the
// file in its cache, and again; the least of several times is told. With a FOLDER the file stays
// there, and `ask` asks it again.

#include <dtrace/store/open_store.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <fcntl.h>
#include <sample_trace.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace dtrace;

struct Silent : Logger {
    void write(LogLevel, std::string_view, std::span<LogField const>) override {}
};

struct Settings {
    std::size_t series = 1000;
    std::size_t rounds = 300;
    std::size_t attempts = 1;
    std::size_t batch = 1000;
    std::size_t callers = 4;
    std::filesystem::path folder = std::filesystem::temp_directory_path();
    bool keep = false;
};

Settings settings_of(int count, char** words) {
    Settings settings;
    std::size_t* const numbers[] = {&settings.series, &settings.rounds, &settings.attempts,
                                    &settings.batch, &settings.callers};
    for (int i = 1; i < count && i <= 5; ++i)
        *numbers[i - 1] = std::strtoul(words[i], nullptr, 10);
    settings.keep = count > 6;
    if (settings.keep) settings.folder = words[6];
    return settings;
}

Timestamp const begin{std::chrono::sys_days{std::chrono::year(2026) / 11 / 22}};

/// The traces of the network, minute by minute.
class Network {
  public:
    explicit Network(Settings const& settings) : settings_(settings) {
        for (std::size_t i = 0; i < settings.series; ++i)
            paths_.emplace_back(static_cast<std::uint32_t>(i + 1), 15,
                                static_cast<std::uint32_t>(settings.attempts));
    }

    static std::string probe(std::size_t i) { return "probe-" + std::to_string(i); }
    static Uuid measurement(std::size_t i) { return make_uuid_from_name(std::to_string(i % 100)); }

    std::vector<Trace> next_report() {
        std::vector<Trace> report;
        while (report.size() < settings_.batch && made_ < settings_.series * settings_.rounds) {
            std::size_t const i = made_ % settings_.series;
            auto const started = begin + std::chrono::minutes(made_ / settings_.series) +
                                 microseconds(60'000'000 / settings_.series * i + i * 7919 % 997);
            report.push_back(paths_[i].next(probe(i), {measurement(i), "m"}, started));
            ++made_;
        }
        return report;
    }

  private:
    Settings settings_;
    std::vector<test::StablePath> paths_;
    std::size_t made_ = 0;
};

double seconds_since(TimePoint start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

void run(asio::io_context& io, std::vector<asio::awaitable<void>> tasks) {
    for (auto& task : tasks)
        asio::co_spawn(io, std::move(task), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
    io.restart();
    io.run();
}

using Reports = std::vector<std::vector<Trace>>;

asio::awaitable<void> report(store::TraceStore& traces, Reports& reports) {
    while (!reports.empty()) {
        auto next = std::move(reports.back());
        reports.pop_back();
        (co_await traces.add(std::move(next))).value();
    }
}

using Ask = std::function<asio::awaitable<std::size_t>(store::TraceStore&)>;

struct Question {
    char const* name;
    Ask ask;  ///< how many traces came
};

asio::awaitable<std::size_t> count_pages(store::TraceStore& traces, store::TraceQuery query,
                                         std::size_t wanted) {
    std::size_t found = 0;
    do {
        auto page = (co_await traces.find(query)).value();
        found += page.traces.size();
        query.cursor = std::move(page.next);
    } while (!query.cursor.empty() && found < wanted);
    co_return found;
}

asio::awaitable<std::size_t> find_by_id(store::TraceStore& traces, Uuid id) {
    (co_await traces.get(id)).value().value();
    co_return 1;
}

asio::awaitable<std::size_t> count_rounds(store::TraceStore& traces, store::RoundQuery query) {
    auto const rounds = (co_await traces.rounds(std::move(query))).value();
    co_return rounds.started_at.size();
}

std::vector<Question> questions(Settings const& settings, Uuid some) {
    auto const probe = Network::probe(settings.series / 2);
    auto const measurement = Network::measurement(settings.series / 2);
    store::RoundQuery const day{.probe = probe,
                                .measurement = measurement,
                                .from = begin + std::chrono::hours(24),
                                .to = begin + std::chrono::hours(48),
                                .limit = 2000};
    auto const pages = [](store::TraceQuery query, std::size_t wanted) {
        return [=](store::TraceStore& traces) { return count_pages(traces, query, wanted); };
    };
    return {
        {"a day of one series, hop by hop",
         [=](store::TraceStore& traces) { return count_rounds(traces, day); }},
        {"a day of one series as traces",
         pages({.probe = probe, .measurement = measurement, .limit = 720}, 1440)},
        {"the latest of every series", pages({.limit = 1000, .latest = true}, settings.series)},
        {"newest 100 of all", pages({.limit = 100}, 100)},
        {"newest 100 of a probe", pages({.probe = probe, .limit = 100}, 100)},
        {"newest 100 of a measurement", pages({.measurement = measurement, .limit = 100}, 100)},
        {"one by id", [=](store::TraceStore& traces) { return find_by_id(traces, some); }},
    };
}

/// The kernel forgets what it has read of the file.
void drop_from_cache(std::filesystem::path const& file) {
    auto const descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fdatasync(descriptor);
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
    ::close(descriptor);
}

/// In milliseconds.
double time_once(asio::io_context& io, store::TraceStore& traces, Question const& question,
                 std::size_t& found) {
    std::vector<asio::awaitable<void>> once;
    once.push_back([](Question const& asked, store::TraceStore& all,
                      std::size_t& count) -> asio::awaitable<void> {
        count = co_await asked.ask(all);
    }(question, traces, found));
    auto const start = Clock::now();
    run(io, std::move(once));
    return seconds_since(start) * 1e3;
}

/// The least of several times, as others use the machine too.
void time_question(std::filesystem::path const& file, Question const& question) {
    constexpr int cold_times = 5;
    constexpr int warm_times = 5;
    Silent log;
    std::size_t found = 0;
    double cold = 1e9;
    double warm = 1e9;
    for (int i = 0; i < cold_times; ++i) {
        asio::io_context io(1);
        drop_from_cache(file);
        auto const store = store::open_store(file, io.get_executor(), log).value();
        cold = std::min(cold, time_once(io, store->traces(), question, found));
        for (int j = 0; j < warm_times; ++j)
            warm = std::min(warm, time_once(io, store->traces(), question, found));
    }
    std::printf("%s: %zu traces, cold %.2f ms, again %.2f ms\n", question.name, found, cold, warm);
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    auto const in_seconds = [](timeval t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return in_seconds(usage.ru_utime) + in_seconds(usage.ru_stime);
}

/// The newest trace's.
asio::awaitable<Uuid> some_id(store::TraceStore& traces) {
    store::TraceQuery query;
    query.limit = 1;
    auto const page = (co_await traces.find(std::move(query))).value();
    co_return page.traces.at(0).id;
}

void ask_everything(std::filesystem::path const& file, Settings const& settings) {
    Uuid some;
    {
        Silent log;
        asio::io_context io(1);
        auto const store = store::open_store(file, io.get_executor(), log).value();
        std::vector<asio::awaitable<void>> once;
        once.push_back([](store::TraceStore& traces, Uuid& id) -> asio::awaitable<void> {
            id = co_await some_id(traces);
        }(store->traces(), some));
        run(io, std::move(once));
    }
    for (auto const& question : questions(settings, some))
        time_question(file, question);
}

void fill(std::filesystem::path const& file, Settings const& settings) {
    Silent log;
    Network network(settings);
    double taken = 0;
    double cpu = 0;
    std::size_t traces = 0;
    {
        asio::io_context io(1);
        auto const store = store::open_store(file, io.get_executor(), log).value();
        for (bool more = true; more;) {
            // Made outside the measured time, a hundred thousand traces at most in memory.
            Reports reports;
            std::size_t made = 0;
            while (made < 100'000) {
                auto next = network.next_report();
                if (next.empty()) break;
                made += next.size();
                reports.insert(reports.begin(), std::move(next));
            }
            traces += made;
            more = made > 0;
            std::vector<asio::awaitable<void>> callers;
            for (std::size_t i = 0; i < settings.callers; ++i)
                callers.push_back(report(store->traces(), reports));
            auto const start = Clock::now();
            auto const cpu_start = cpu_seconds();
            run(io, std::move(callers));
            taken += seconds_since(start);
            cpu += cpu_seconds() - cpu_start;
        }
    }
    auto const bytes = static_cast<double>(std::filesystem::file_size(file));
    auto const n = static_cast<double>(traces);
    std::printf("%zu traces in %.2f s: %.0f a second, %.1f us of CPU each; %.1f bytes each\n",
                traces, taken, n / taken, cpu / n * 1e6, bytes / n);
}

}  // namespace

int main(int count, char** words) {
    if (count > 2 && std::string_view(words[1]) == "ask") {
        Settings settings;
        if (count > 3) settings.series = std::strtoul(words[3], nullptr, 10);
        ask_everything(words[2], settings);
        return 0;
    }
    auto const settings = settings_of(count, words);
    auto const file = settings.folder / "store_bench.db";
    for (auto const* suffix : {"", "-wal", "-shm"})
        std::filesystem::remove(file.string() + suffix);
    fill(file, settings);
    ask_everything(file, settings);
    if (!settings.keep) std::filesystem::remove(file);
}
