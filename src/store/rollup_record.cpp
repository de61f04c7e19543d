#include "rollup_record.hpp"

#include "bit_stream.hpp"

#include <algorithm>
#include <vector>

namespace dtrace::store {

namespace {

constexpr unsigned sum_order = 5;
constexpr unsigned range_order = 12;
constexpr unsigned step_order = 2;
constexpr unsigned times_order = 1;
constexpr unsigned next_row_order = 7;

/// The last hop's packets, and what the target answered.
void add_end(Path const& path, Rollup& rollup) {
    if (path.hops.empty()) return;
    auto const& last = path.hops.back();
    rollup.sent += last.sent;
    if (!path.reached) return;
    rollup.answered += last.answers.size();
    for (auto const& answer : last.answers)
        rollup.rtt.add(answer.rtt_us);
}

}  // namespace

void RollupRecord::add(RollupRecord const& other) {
    rollup.add(other.rollup);
    for (auto const& [row, times] : other.paths)
        paths[row] += times;
}

void RollupRecord::add(Trace const& trace, std::span<RowId const> path_rows) {
    ++rollup.traces;
    if (trace.stop_reason == StopReason::completed) ++rollup.reached;
    if (trace.stop_reason == StopReason::error) ++rollup.failed;
    for (Path const& path : trace.paths)
        add_end(path, rollup);
    for (RowId const row : path_rows)
        ++paths[row];
}

void RollupRecord::leave_out_rare_paths(std::size_t most) {
    if (paths.size() <= most) return;
    std::vector<std::pair<std::uint64_t, RowId>> by_times;
    for (auto const& [row, times] : paths)
        by_times.emplace_back(times, row);
    std::ranges::sort(by_times, std::greater<>());
    for (auto const& [times, row] : std::span(by_times).subspan(most)) {
        rollup.other_paths += times;
        paths.erase(row);
    }
}

std::string encode_rollup(RollupRecord const& record) {
    auto const& rollup = record.rollup;
    BitWriter out;
    for (auto const count : {rollup.traces, rollup.reached, rollup.failed, rollup.sent,
                             rollup.answered, rollup.other_paths})
        out.number(count, sum_order);
    auto const& buckets = rollup.rtt.buckets();
    out.number(buckets.size(), sum_order);
    if (!buckets.empty()) {
        out.number(rollup.rtt.min(), range_order);
        out.number(rollup.rtt.max() - rollup.rtt.min(), range_order);
    }
    std::uint32_t bucket = 0;
    for (auto const& [next, times] : buckets) {
        out.number(next - bucket, step_order);
        out.number(times, times_order);
        bucket = next;
    }
    out.number(record.paths.size(), times_order);
    RowId row = 0;
    for (auto const& [next, times] : record.paths) {
        out.number(static_cast<std::uint64_t>(next - row), next_row_order);
        out.number(times, sum_order);
        row = next;
    }
    return std::move(out).finish();
}

std::optional<RollupRecord> decode_rollup(std::string_view text) {
    BitReader in(text);
    RollupRecord record;
    auto& rollup = record.rollup;
    for (auto* count : {&rollup.traces, &rollup.reached, &rollup.failed, &rollup.sent,
                        &rollup.answered, &rollup.other_paths})
        *count = in.number(sum_order);
    auto const bucket_count = in.count(sum_order);
    std::uint32_t min = 0;
    std::uint32_t max = 0;
    if (bucket_count > 0) {
        min = static_cast<std::uint32_t>(in.number(range_order));
        max = min + static_cast<std::uint32_t>(in.number(range_order));
    }
    RttHistogram::Buckets buckets;
    std::uint32_t bucket = 0;
    for (std::size_t i = 0; i < bucket_count && in.good(); ++i) {
        bucket += static_cast<std::uint32_t>(in.number(step_order));
        buckets[bucket] = in.number(times_order);
    }
    auto const path_count = in.count(times_order);
    RowId row = 0;
    for (std::size_t i = 0; i < path_count && in.good(); ++i) {
        row += static_cast<RowId>(in.number(next_row_order));
        record.paths[row] = in.number(sum_order);
    }
    if (!in.good()) return std::nullopt;
    rollup.rtt = RttHistogram::of(std::move(buckets), min, max);
    return record;
}

}  // namespace dtrace::store
