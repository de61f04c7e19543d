#include "ingest/ingest.hpp"

#include "api/answers.hpp"

#include <dtrace/json/write.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace dtrace::master {

namespace {

std::optional<std::string> find_stranger(Trace const& trace, std::string_view probe,
                                         AssignmentBoard const& board) {
    if (trace.probe != probe) return "probe: must be the name that you logged in with";
    if (!trace.measurement) return "measurement: is required";
    if (!board.knows(trace.measurement->id)) return "measurement.id: there is no such measurement";
    return std::nullopt;
}

bool is_new(store::Added outcome) {
    return outcome == store::Added::stored;
}

bool is_stored(store::Added outcome) {
    return outcome != store::Added::too_late;
}

/// The same ones if it holds for all, as it mostly does.
TakenTraces only(bool (&holds)(store::Added), TakenTraces const& traces,
                 std::vector<store::Added> const& added) {
    if (std::ranges::all_of(added, holds)) return traces;
    std::vector<Trace> kept;
    for (std::size_t i = 0; i < added.size(); ++i)
        if (holds(added[i])) kept.push_back((*traces)[i]);
    return std::make_shared<std::vector<Trace> const>(std::move(kept));
}

constexpr char const* too_late =
    "started_at: traces of this hour have been removed; whether it was among them, nobody can tell";

Ingest::Taken busy() {
    return {.response = try_later(503, "Too many reports at once", "send it again", seconds(1))};
}

}  // namespace

boost::asio::awaitable<Result<json::ReadResult<ReadReport>>> Ingest::read(std::string_view body) {
    auto const now = wall_clock_now();
    if (body.size() <= large_body) co_return read_report(body, now, options_.max_traces);
    co_return co_await async::offload(pool_,
                                      [&] { return read_report(body, now, options_.max_traces); });
}

boost::asio::awaitable<Ingest::Taken> Ingest::take(std::string probe, std::string_view body) {
    auto const turn = co_await turns_.take(body.size());
    if (!turn) {
        ++counters_.busy;
        co_return busy();
    }
    // A master that ends answers what it has begun to take.
    co_await boost::asio::this_coro::reset_cancellation_state(
        boost::asio::enable_terminal_cancellation());
    auto report = co_await read(body);
    if (!report) {
        ++counters_.busy;
        co_return busy();
    }
    if (!*report) {
        auto const& fault = report->error();
        log_.warn("report refused", {{"probe", probe}, {"reason", fault.text()}});
        co_return Taken{.response = http::problem(400, "Not a report", fault.reason, fault.path)};
    }
    refuse_strangers(**report, probe);
    co_return co_await commit(std::move(probe), std::move(**report));
}

void Ingest::refuse_strangers(ReadReport& report, std::string_view probe) const {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < report.traces.size(); ++i) {
        if (auto reason = find_stranger(report.traces[i], probe, board_)) {
            report.refused.push_back({report.indices[i], report.traces[i].id, std::move(*reason)});
            continue;
        }
        if (kept != i) report.traces[kept] = std::move(report.traces[i]);
        report.indices[kept] = report.indices[i];
        ++kept;
    }
    report.traces.resize(kept);
    report.indices.resize(kept);
}

boost::asio::awaitable<Ingest::Taken> Ingest::commit(std::string probe, ReadReport report) {
    ReportReceipt receipt;
    if (!report.traces.empty()) {
        auto const traces = std::make_shared<std::vector<Trace> const>(std::move(report.traces));
        auto const added = co_await add(traces);
        if (!added) co_return not_stored(added.error());
        for (std::size_t i = 0; i < added->size(); ++i) {
            if ((*added)[i] == store::Added::stored) ++receipt.accepted;
            if ((*added)[i] == store::Added::known) ++receipt.known;
            if ((*added)[i] == store::Added::too_late)
                report.refused.push_back({report.indices[i], (*traces)[i].id, too_late});
        }
    }
    std::ranges::sort(report.refused, {}, &RefusedTrace::index);
    note_refusals(probe, report);
    receipt.refused = std::move(report.refused);
    counters_.refused += receipt.refused.size();
    co_return Taken{.response = http::json_response(json::write(receipt)),
                    .accepted = receipt.accepted};
}

void Ingest::tell(Observers const& observers, TakenTraces const& traces) {
    if (traces->empty()) return;
    for (auto const& observer : observers)
        observer(traces);
}

/// Elsewhere; the thread of the database has to do it where nobody else has the time.
boost::asio::awaitable<std::shared_ptr<store::SplitTraces const>> Ingest::split_if_many(
    TakenTraces traces) {
    if (traces->size() < many_traces) co_return nullptr;
    auto split = co_await async::offload(pool_, [&] { return store::take_apart(traces); });
    co_return split ? *std::move(split) : nullptr;
}

boost::asio::awaitable<Result<std::vector<store::Added>>> Ingest::add(TakenTraces traces) {
    auto split = co_await split_if_many(traces);
    auto added = co_await traces_.add(traces, std::move(split));
    if (added) {
        if (store_fault_) log_.info("traces are stored again");
        store_fault_.reset();
        auto const count = [&](store::Added outcome) {
            return static_cast<std::uint64_t>(std::ranges::count(*added, outcome));
        };
        counters_.accepted += count(store::Added::stored);
        counters_.known += count(store::Added::known);
        tell(stored_observers_, only(is_stored, traces, *added));
        tell(taken_observers_, only(is_new, traces, *added));
    } else if (added.error().code == boost::system::errc::resource_unavailable_try_again) {
        ++counters_.busy;
    } else {
        ++counters_.failed;
        auto const& reason = added.error().message;
        if (store_fault_ != reason) log_.error("traces not stored", {{"reason", reason}});
        store_fault_ = reason;
    }
    co_return added;
}

boost::asio::awaitable<Result<bool>> Ingest::keep(Trace trace) {
    auto const traces = std::make_shared<std::vector<Trace> const>(1, std::move(trace));
    auto const added = co_await add(traces);
    if (!added) co_return added.error();
    if (added->front() == store::Added::too_late) note_refusal(traces->front().probe, too_late);
    co_return added->front() == store::Added::stored;
}

void Ingest::note_refusal(std::string_view probe, std::string_view reason) {
    ++counters_.refused;
    log_.warn("trace refused", {{"probe", probe}, {"reason", reason}});
}

Ingest::Taken Ingest::not_stored(Error const& error) {
    bool const is_busy = error.code == boost::system::errc::resource_unavailable_try_again;
    return is_busy ? busy() : Taken{.response = store_failed(error)};
}

void Ingest::note_refusals(std::string_view probe, ReadReport const& report) {
    if (report.refused.empty()) return;
    log_.warn("traces refused", {{"probe", probe},
                                 {"count", report.refused.size()},
                                 {"first", report.refused.front().reason}});
}

}  // namespace dtrace::master
