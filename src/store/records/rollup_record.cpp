#include "records/rollup_record.hpp"

#include "records/bit_stream.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace dtrace::store {

namespace {

constexpr unsigned sum_order = 5;
constexpr unsigned range_order = 12;
constexpr unsigned step_order = 2;
constexpr unsigned times_order = 1;
constexpr unsigned next_row_order = 7;

void write_histogram(BitWriter& out, RttHistogram const& rtt) {
    auto const& buckets = rtt.buckets();
    out.number(buckets.size(), sum_order);
    if (!buckets.empty()) {
        out.number(rtt.min(), range_order);
        out.number(rtt.max() - rtt.min(), range_order);
    }
    std::uint32_t bucket = 0;
    for (auto const& [next, times] : buckets) {
        out.number(next - bucket, step_order);
        out.number(times, times_order);
        bucket = next;
    }
}

RttHistogram read_histogram(BitReader& in) {
    auto const count = in.count(sum_order);
    std::uint32_t min = 0;
    std::uint32_t max = 0;
    if (count > 0) {
        min = static_cast<std::uint32_t>(in.number(range_order));
        max = min + static_cast<std::uint32_t>(in.number(range_order));
    }
    RttHistogram::Buckets buckets;
    std::uint32_t bucket = 0;
    for (std::size_t i = 0; i < count && in.good(); ++i) {
        auto const step = static_cast<std::uint32_t>(in.number(step_order));
        if (i > 0 && step == 0) in.fail();
        bucket += step;
        buckets.emplace_back(bucket, in.number(times_order));
    }
    return RttHistogram::of(std::move(buckets), min, max);
}

}  // namespace

void RollupRecord::add(RollupRecord const& other) {
    rollup.add(other.rollup);
    for (auto const& [row, times] : other.paths)
        paths[row] += times;
}

void RollupRecord::add(RecordSamples const& samples, std::span<StoredPath const* const> its_paths,
                       std::span<RowId const> path_rows) {
    ++rollup.traces;
    if (samples.stop_reason == StopReason::completed) ++rollup.reached;
    if (samples.stop_reason == StopReason::error) ++rollup.failed;
    for_each_hop(samples, its_paths,
                 [&](StoredPath const& path, Hop const& hop, HopSample const& sample,
                     std::span<AnswerSample const> answers, bool last) {
                     auto& at_ttl = rollup.hops[hop.ttl];
                     at_ttl.sent += sample.sent;
                     at_ttl.answered += sample.answered;
                     for (auto const& answer : answers)
                         at_ttl.rtt.add(answer.rtt_us);
                     if (!last) return;
                     rollup.sent += sample.sent;
                     if (!path.shape.reached) return;
                     rollup.answered += sample.answered;
                     for (auto const& answer : answers)
                         rollup.rtt.add(answer.rtt_us);
                 });
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
    write_histogram(out, rollup.rtt);
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
    rollup.rtt = read_histogram(in);
    auto const path_count = in.count(times_order);
    RowId row = 0;
    for (std::size_t i = 0; i < path_count && in.good(); ++i) {
        row = wrapping_sum(row, static_cast<RowId>(in.number(next_row_order)));
        record.paths[row] = in.number(sum_order);
    }
    if (!in.good()) return std::nullopt;
    return record;
}

std::string encode_hops(std::map<Ttl, HopRollup> const& hops) {
    BitWriter out;
    out.number(hops.size(), sum_order);
    Ttl before = 0;
    for (auto const& [ttl, hop] : hops) {
        out.number(static_cast<std::uint64_t>(ttl - before), 0);
        out.number(hop.sent, sum_order);
        out.signed_number(static_cast<std::int64_t>(hop.sent - hop.answered), 0);
        write_histogram(out, hop.rtt);
        before = ttl;
    }
    return std::move(out).finish();
}

std::optional<std::map<Ttl, HopRollup>> decode_hops(std::string_view text) {
    BitReader in(text);
    std::map<Ttl, HopRollup> hops;
    auto const count = in.count(sum_order);
    std::uint64_t ttl = 0;
    for (std::size_t i = 0; i < count && in.good(); ++i) {
        ttl += in.number(0);
        if (ttl > std::numeric_limits<Ttl>::max()) in.fail();
        HopRollup& hop = hops[static_cast<Ttl>(ttl)];
        hop.sent = in.number(sum_order);
        hop.answered = hop.sent - static_cast<std::uint64_t>(in.signed_number(0));
        hop.rtt = read_histogram(in);
    }
    if (!in.good()) return std::nullopt;
    return hops;
}

std::optional<RollupRecord> read_rollup(std::string_view record, std::string_view hops) {
    auto result = decode_rollup(record);
    if (!result || hops.empty()) return result;
    auto read = decode_hops(hops);
    if (!read) return std::nullopt;
    result->rollup.hops = *std::move(read);
    return result;
}

}  // namespace dtrace::store
