#include "commands/commands.hpp"
#include "commands/run_to_end.hpp"
#include "log/boost_log.hpp"
#include "process/own_store.hpp"
#include "terminal/standard_output.hpp"

#include <dtrace/core/file_descriptor.hpp>
#include <dtrace/dist_traceroute/old_database.hpp>
#include <dtrace/master/files_to_take_over.hpp>
#include <dtrace/store/database_file.hpp>
#include <dtrace/store/open_store.hpp>

#include <fmt/format.h>

#include <fcntl.h>

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>

namespace dtrace::app {

namespace asio = boost::asio;
using dist_traceroute::OldDatabase;

namespace {

constexpr std::size_t batch = 1000;

std::string human(std::uint64_t bytes) {
    constexpr char const* units[] = {"bytes", "kB", "MB", "GB", "TB"};
    auto size = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; size >= 10'000 && unit + 1 < std::size(units); ++unit)
        size /= 1000;
    return fmt::format("{:.0f} {}", size, units[unit]);
}

/// The exit status of a command that has nothing else left to do.
int print_result(std::string_view text) {
    return write_out(text) ? 0 : 1;
}

/// What goes on all the same.
void warn_of(std::vector<std::string> const& complaints) {
    for (auto const& complaint : complaints)
        fmt::print(stderr, "dtrace-node db: {}\n", complaint);
}

Result<int> show_info(DbOptions const& options) {
    auto const info = store::read_info(options.database);
    if (!info) return within("--db", info.error());
    warn_of(info->complaints);
    std::string text = fmt::format(
        "file    {}\nlayout  {}\nsize    {}, {} of it free\ntraces  {}\n", options.database,
        info->layout, human(info->bytes), human(info->free_bytes), info->traces);
    if (info->oldest && info->newest)
        text +=
            fmt::format("from    {}\nto      {}\n", to_text(*info->oldest), to_text(*info->newest));
    text += fmt::format("\n{:24}{:>12}{:>14}\n", "table", "rows", "size");
    for (auto const& table : info->tables)
        text += fmt::format("{:24}{:>12}{:>14}\n", table.name, table.rows, human(table.bytes));
    return print_result(text);
}

Result<int> check_database(DbOptions const& options) {
    auto const check = store::check_file(options.database);
    if (!check) return within("--db", check.error());
    std::string text;
    for (auto const& complaint : check->complaints)
        text += complaint + '\n';
    if (text.empty())
        text = fmt::format("{}: sound{}\n", options.database,
                           check->has_read_records
                               ? ""
                               : ", as far as SQLite can tell: the layout is of another "
                                 "version, so that no records were read");
    int const printed = print_result(text);
    return check->complaints.empty() ? printed : 1;
}

Result<int> back_up(DbOptions const& options) {
    auto const complaints = store::back_up(options.database, options.target);
    if (!complaints) return complaints.error();
    warn_of(*complaints);
    return print_result(fmt::format("{}: copied to {}\n", options.database, options.target));
}

/// For its owner only: it may hold passwords. Refuses to overwrite.
Result<void> write_new_file(std::string const& name, std::string const& text) {
    FileDescriptor const file(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) return errno_error(name);
    if (auto written = write_all(file.get(), text); !written) return within(name, written.error());
    return {};
}

Result<void> write_files(DbOptions const& options, OldDatabase& old) {
    if (!options.probes_file.empty()) {
        auto const slaves = old.slaves();
        if (!slaves) return slaves.error();
        auto const file = master::probes_to_take_over(*slaves);
        warn_of(file.left_out);
        auto const written = write_new_file(options.probes_file, file.text);
        if (!written) return written;
    }
    if (options.targets_file.empty()) return {};
    auto const targets = old.targets();
    if (!targets) return targets.error();
    auto const file = master::targets_to_take_over(*targets);
    warn_of(file.left_out);
    return write_new_file(options.targets_file, file.text);
}

struct Imported {
    std::uint64_t traces = 0;
    std::uint64_t known = 0;
    std::uint64_t too_late = 0;  ///< others of their hours have been removed
};

asio::awaitable<Result<Imported>> take_over(OldDatabase& old, store::TraceStore& traces) {
    Imported imported;
    for (;;) {
        auto next = old.next(batch);
        if (!next) co_return next.error();
        if (next->empty()) co_return imported;
        auto const added = co_await traces.add(std::move(*next));
        if (!added) co_return added.error();
        auto const count = [&](store::Added outcome) {
            return static_cast<std::uint64_t>(std::ranges::count(*added, outcome));
        };
        imported.traces += count(store::Added::stored);
        imported.known += count(store::Added::known);
        imported.too_late += count(store::Added::too_late);
    }
}

Result<int> import(DbOptions const& options, Logger& log) {
    auto old = OldDatabase::open(options.old_database);
    if (!old) return within("--dist-traceroute", old.error());
    asio::io_context io(1);
    auto const own = open_own_store(options.database, io.get_executor(), log);
    if (!own) return own.error();
    if (auto written = write_files(options, **old); !written) return written.error();
    auto const imported = run_to_end(io, take_over(**old, own->store->traces()));
    if (!imported) return imported.error();
    return print_result(fmt::format(
        "{} traces taken over, {} known already, {} of hours whose traces have been removed, {} "
        "without slave, target or start\n",
        imported->traces, imported->known, imported->too_late, (*old)->skipped()));
}

}  // namespace

Result<int> run_command(DbOptions const& options, Environment const&) {
    switch (options.action) {
        case DbAction::info:
            return show_info(options);
        case DbAction::check:
            return check_database(options);
        case DbAction::backup:
            return back_up(options);
        case DbAction::import:
            break;
    }
    auto log = BoostLog::open(options.log);
    if (!log) return log.error();
    return import(options, **log);
}

}  // namespace dtrace::app
