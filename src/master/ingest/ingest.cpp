#include "ingest/ingest.hpp"

#include "api/answers.hpp"
#include "api/counted.hpp"

#include <dtrace/json/write.hpp>

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
    if (reports_ >= options_.max_reports) {
        ++counters_.busy;
        co_return busy();
    }
    Counted const counted(reports_);
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
        ++kept;
    }
    report.traces.resize(kept);
    report.indices.clear();
    std::ranges::sort(report.refused, {}, &RefusedTrace::index);
}

boost::asio::awaitable<Ingest::Taken> Ingest::commit(std::string probe, ReadReport report) {
    std::vector<bool> is_new;
    if (!report.traces.empty()) {
        auto added = co_await add(std::move(report.traces));
        if (!added) co_return not_stored(added.error());
        is_new = std::move(*added);
    }
    note_refusals(probe, report);
    ReportReceipt receipt;
    receipt.accepted = static_cast<std::uint32_t>(std::ranges::count(is_new, true));
    receipt.known = static_cast<std::uint32_t>(is_new.size()) - receipt.accepted;
    receipt.refused = std::move(report.refused);
    counters_.refused += receipt.refused.size();
    co_return Taken{.response = http::json_response(json::write(receipt)),
                    .accepted = receipt.accepted};
}

void Ingest::tell(std::vector<Trace> traces, std::vector<bool> const& is_new) const {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < traces.size(); ++i) {
        if (!is_new[i]) continue;
        if (kept != i) traces[kept] = std::move(traces[i]);
        ++kept;
    }
    traces.resize(kept);
    if (traces.empty()) return;
    auto const taken = std::make_shared<std::vector<Trace> const>(std::move(traces));
    for (auto const& observer : observers_)
        observer(taken);
}

boost::asio::awaitable<Result<std::vector<bool>>> Ingest::add(std::vector<Trace> traces) {
    auto copy = observers_.empty() ? std::vector<Trace>() : traces;
    auto added = co_await traces_.add(std::move(traces));
    if (added) {
        if (store_fault_) log_.info("traces are stored again");
        store_fault_.reset();
        auto const accepted = static_cast<std::uint64_t>(std::ranges::count(*added, true));
        counters_.accepted += accepted;
        counters_.known += added->size() - accepted;
        tell(std::move(copy), *added);
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
    std::vector<Trace> traces;
    traces.push_back(std::move(trace));
    auto const added = co_await add(std::move(traces));
    if (!added) co_return added.error();
    co_return added->front();
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
