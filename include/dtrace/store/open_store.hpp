#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/histogram.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/store/catalog.hpp>
#include <dtrace/store/event_store.hpp>
#include <dtrace/store/registry.hpp>
#include <dtrace/store/trace_store.hpp>
#include <dtrace/store/unreadable.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace dtrace::store {

/// What is to be kept. Roll-ups of days are always kept.
struct UpkeepRule {
    std::optional<Duration> keep_traces;     ///< at least; none: for ever
    std::optional<std::uint64_t> max_bytes;  ///< of what the file holds: beyond it the oldest go
    /// Roll-ups of hours, at least: by whole days, and not before their traces.
    std::optional<Duration> keep_hours = {};
};

struct UpkeepStep {
    std::uint64_t rolled_up = 0;  ///< hours of a probe and measurement
    std::uint64_t days = 0;       ///< summed up, of a probe and measurement
    std::uint64_t hours = 0;      ///< roll-ups that are gone
    std::uint64_t removed = 0;    ///< starts of traces that are gone
    std::uint64_t swept = 0;      ///< paths, names and addresses that nothing referred to any more
    bool more = false;            ///< there may be more to do at once
    /// Traces and roll-ups of hours: their hour, or their day, is summed up without them; and
    /// paths.
    Unreadable unreadable = {};
};

/// How busy the database is.
struct StoreLoad {
    Histogram commits{commit_bounds};  ///< how long each took, in seconds
    std::size_t waiting_writes = 0;    ///< traces, and other changes, that are not committed yet
    std::size_t waiting_reads = 0;

    static constexpr double commit_bounds[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                               0.1,   0.25,   0.5,   1,    5};
};

/// The parts of an open database; they share its connections.
class Store {
  public:
    virtual ~Store() = default;
    virtual Catalog& catalog() = 0;
    virtual Registry& registry() = 0;
    virtual TraceStore& traces() = 0;
    virtual EventStore& events() = 0;

    /// Why what was last written could not be kept (disk full, damaged file), or else what damage
    /// any reader or writer has met so far; none if all is well.
    [[nodiscard]] virtual std::optional<Error> trouble() const { return std::nullopt; }

    /// That what is kept makes no sense to those above, who do without it: trouble from now on.
    virtual void tell_damage(Error const&) {}

    [[nodiscard]] virtual StoreLoad load() const { return {}; }

    /// Sums up hours and days that are over, then removes what the rule does not keep, then the
    /// paths, names and addresses that nothing refers to any more: a little of it, in one commit.
    /// Traces are removed by whole hours, and none of the last two; what they alone refer to by
    /// whole days.
    [[nodiscard]] virtual boost::asio::awaitable<Result<UpkeepStep>> upkeep(UpkeepRule, Timestamp) {
        co_return UpkeepStep{};
    }
};

struct StoreLimits {
    /// Beyond these a call is answered errc::resource_unavailable_try_again at once.
    std::size_t max_waiting_traces = 50'000;
    std::size_t max_waiting_reads = 1'000;
    /// Of the file; then as if the disk were full. None: the disk is the limit.
    std::optional<std::uint64_t> max_bytes;
    /// False where another process may be the database's owner: that one alone moves the log into
    /// the file while it works. Whoever closes it last does so in any case.
    bool moves_log = true;
};

/// Opens or creates the SQLite database and migrates it forward. `home` is where results are
/// delivered; the work itself is done on threads of the store's own. The error names the file and
/// what to do (not a database, made by a newer version, no permission, disk full). Destroy the
/// store before the io_context of `home`; it finishes what it was given and closes the file.
[[nodiscard]] Result<std::unique_ptr<Store>> open_store(std::filesystem::path const& file,
                                                        boost::asio::any_io_executor home,
                                                        Logger& log, StoreLimits limits = {});

}  // namespace dtrace::store
