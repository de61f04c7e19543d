#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/trace.hpp>
#include <dtrace/store/rollup.hpp>
#include <dtrace/store/rounds.hpp>
#include <dtrace/store/unreadable.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::store {

/// Which traces: all members that are set must hold. `from` ≤ started_at < `to`.
struct TraceQuery {
    std::optional<std::string> probe;
    std::optional<Uuid> measurement;
    std::optional<Timestamp> from;
    std::optional<Timestamp> to;
    std::uint32_t limit = 100;  ///< 1–1000
    std::string cursor;         ///< TracePage::next of the page before; empty: the first page
    /// Only the last one of each probe and measurement, in no particular order; with `to` none of
    /// those whose last one is later.
    bool latest = false;
};

/// Newest first.
struct TracePage {
    std::vector<Trace> traces;
    std::string next;       ///< empty: this is the last page
    Unreadable unreadable;  ///< of this page
};

struct TraceCounts {
    std::uint64_t traces = 0;
    std::uint64_t bytes = 0;  ///< of the database on disk
};

/// Traces that several have a use for, so that nobody copies them.
using SharedTraces = std::shared_ptr<std::vector<Trace> const>;

/// Traces taken apart: what of their rows needs no database.
class SplitTraces;
/// Pure, and a good part of what storing them costs: for a thread that has the time.
[[nodiscard]] std::shared_ptr<SplitTraces const> take_apart(SharedTraces traces);

/// What became of a trace that was to be added.
enum class Added : std::uint8_t {
    stored,
    known,     ///< held already: the same id of the same probe and measurement
    too_late,  ///< others of its hour have been removed: nobody can tell whether it was one of them
};

/// Traces, kept durably. Calls may be made concurrently; concurrent adds share a commit. A call
/// that has begun cannot be cancelled. Errors: errc::no_space_on_device, bad_message (the file is
/// damaged), io_error, resource_unavailable_try_again (too much is waiting).
class TraceStore {
  public:
    virtual ~TraceStore() = default;

    /// What became of each. On disk when this returns; an error means that none was taken, and the
    /// same call may be tried again.
    /// `split`: those traces, if somebody has taken them apart.
    virtual boost::asio::awaitable<Result<std::vector<Added>>> add(
        SharedTraces traces, std::shared_ptr<SplitTraces const> split) = 0;
    boost::asio::awaitable<Result<std::vector<Added>>> add(std::vector<Trace> traces) {
        return add(std::make_shared<std::vector<Trace> const>(std::move(traces)), nullptr);
    }

    /// `cursor` not from us: errc::invalid_argument.
    virtual boost::asio::awaitable<Result<TracePage>> find(TraceQuery query) = 0;
    virtual boost::asio::awaitable<Result<std::optional<Trace>>> get(Uuid id) = 0;
    virtual boost::asio::awaitable<Result<TraceCounts>> counts() = 0;

    /// The times of rounds, hop by hop: much cheaper than their traces.
    virtual boost::asio::awaitable<Result<RoundSeries>> rounds(RoundQuery query) = 0;

    /// What hours and days came to; those without a trace are left out, and so are the ones that
    /// are not over.
    virtual boost::asio::awaitable<Result<History>> history(HistoryQuery query) = 0;
};

}  // namespace dtrace::store
