#include "records/trace_record.hpp"

#include "records/bit_stream.hpp"
#include "records/rare_parts.hpp"

#include <algorithm>
#include <bit>

namespace dtrace::store {

namespace {

// As in path_code.cpp: part of the format, new ones go to the end.
static_assert(static_cast<int>(StopReason::completed) == 0);
static_assert(static_cast<int>(StopReason::unreachable) == 1);
static_assert(static_cast<int>(StopReason::gap_limit) == 2);
static_assert(static_cast<int>(StopReason::hop_limit) == 3);
static_assert(static_cast<int>(StopReason::loop) == 4);
static_assert(static_cast<int>(StopReason::cancelled) == 5);
static_assert(static_cast<int>(StopReason::error) == 6);
constexpr auto last_stop_reason = StopReason::error;

/// Added to the stop reason: a Multipath, or what was heard, follows the packet counts.
constexpr std::uint64_t has_multipath = 16;
constexpr std::uint64_t has_heard = 32;

constexpr unsigned row_order = 7;
constexpr unsigned next_path_order = 2;
constexpr unsigned took_change_order = 11;
constexpr unsigned overshoot_order = 3;
constexpr unsigned max_rtt_order = 31;  // in 5 bits

unsigned index_bits(std::size_t kinds) {
    return kinds < 2 ? 0 : static_cast<unsigned>(std::bit_width(kinds - 1));
}

/// Counts of a path's hops: mostly every hop was sent the same number and answered them all.
void write_counts(BitWriter& out, RecordedPath const& path) {
    auto const& hops = path.split->hops;
    if (hops.empty()) return;
    auto const sent = hops.front().sent;
    bool const uniform = std::ranges::all_of(hops, [&](HopSample const& hop) {
        return hop.sent == sent && (hop.kinds == 0 || hop.answered == sent);
    });
    out.bit(uniform);
    out.number(sent, 1);
    if (uniform) return;
    std::int64_t before = sent;
    for (HopSample const& hop : hops) {
        out.signed_number(hop.sent - before, 0);
        before = hop.sent;
        if (hop.kinds == 0) continue;
        out.signed_number(before - hop.answered, 0);
    }
}

/// How far each RTT is from what the first trace and the answers before it lead one to expect.
std::vector<std::uint64_t> rtt_surprises(std::span<RecordedPath const> paths) {
    std::vector<std::uint64_t> result;
    std::size_t answers = 0;
    for (RecordedPath const& path : paths)
        answers += path.split->answers.size();
    result.reserve(answers);
    std::vector<std::uint32_t> expected;
    for (RecordedPath const& path : paths) {
        auto first = path.first.rtts_us.begin();
        auto answer = path.split->answers.begin();
        for (HopSample const& hop : path.split->hops) {
            expected.assign(first, first + hop.kinds);
            first += hop.kinds;
            for (auto const end = answer + hop.answered; answer != end; ++answer) {
                auto& guess = expected[answer->which];
                result.push_back(fold_sign(std::int64_t{answer->rtt_us} - guess));
                guess = answer->rtt_us;
            }
        }
    }
    return result;
}

/// The order that writes all of them in the fewest bits.
unsigned best_order(std::span<std::uint64_t const> values) {
    auto const largest = static_cast<unsigned>(std::bit_width(std::ranges::max(values)));
    std::uint64_t fewest = UINT64_MAX;
    unsigned best = 0;
    for (unsigned k = 0; k <= std::min(largest, max_rtt_order); ++k) {
        std::uint64_t bits = 0;
        for (auto const value : values)
            bits += number_size(value, k);
        if (bits >= fewest) continue;
        fewest = bits;
        best = k;
    }
    return best;
}

void write_answers(BitWriter& out, std::span<RecordedPath const> paths) {
    auto const surprises = rtt_surprises(paths);
    if (surprises.empty()) return;
    unsigned const order = best_order(surprises);
    out.bits(order, 5);
    auto surprise = surprises.begin();
    for (RecordedPath const& path : paths) {
        auto answer = path.split->answers.begin();
        for (HopSample const& hop : path.split->hops)
            for (auto const end = answer + hop.answered; answer != end; ++answer) {
                out.bits(answer->which, index_bits(hop.kinds));
                out.number(*surprise++, order);
            }
    }
}

struct Sums {
    std::int64_t sent = 0;
    std::int64_t answered = 0;
};

void write_packets(BitWriter& out, PacketCounts const& packets, Sums const& sums) {
    out.signed_number(packets.sent - sums.sent, 0);
    out.signed_number(packets.answered - sums.answered, 0);
    out.number(packets.overshoot, overshoot_order);
    for (auto const count :
         {packets.foreign, packets.duplicate, packets.late, packets.receiver_dropped})
        out.number(count, 0);
}

/// `sent` and `answered` are still to be increased by the sums over the hops.
PacketCounts read_packets(BitReader& in, Sums& beyond) {
    beyond.sent = in.signed_number(0);
    beyond.answered = in.signed_number(0);
    PacketCounts packets;
    packets.overshoot = static_cast<std::uint32_t>(in.number(overshoot_order));
    for (auto* count :
         {&packets.foreign, &packets.duplicate, &packets.late, &packets.receiver_dropped})
        *count = static_cast<std::uint32_t>(in.number(0));
    return packets;
}

RecordHeader read_header(BitReader& in) {
    RecordHeader header;
    if (in.bit()) header.context = static_cast<RowId>(in.number(row_order));
    if (in.bit()) header.error = static_cast<RowId>(in.number(row_order));
    header.paths.resize(in.count(0));
    for (std::size_t i = 0; i < header.paths.size(); ++i)
        header.paths[i] =
            i == 0 ? static_cast<RowId>(in.number(row_order))
                   : wrapping_sum(header.paths[i - 1], in.signed_number(next_path_order));
    return header;
}

/// Counts of the path's hops, and room for their answers.
void read_counts(BitReader& in, Path const& shape, RecordSamples& samples) {
    if (shape.hops.empty()) return;
    bool const uniform = in.bit();
    auto sent = static_cast<std::int64_t>(in.number(1));
    for (Hop const& shape_hop : shape.hops) {
        if (!uniform) sent = wrapping_sum(sent, in.signed_number(0));
        auto const kinds = static_cast<std::uint32_t>(shape_hop.answers.size());
        HopSample& hop = samples.hops.emplace_back(
            HopSample{.sent = static_cast<std::uint32_t>(sent), .kinds = kinds, .answered = 0});
        if (kinds == 0) continue;
        auto const answers = uniform ? sent : wrapping_difference(sent, in.signed_number(0));
        if (!in.good() || !in.has(answers)) return in.fail();
        hop.answered = static_cast<std::uint32_t>(answers);
    }
}

void read_answers(BitReader& in, std::span<StoredPath const* const> paths, RecordSamples& samples) {
    auto const order = static_cast<unsigned>(in.bits(5));
    std::vector<std::uint32_t> expected;
    auto sample = samples.hops.begin();
    for (StoredPath const* path : paths)
        for (Hop const& shape : path->shape.hops) {
            auto const& kinds = shape.answers;
            expected.clear();
            for (Answer const& kind : kinds)
                expected.push_back(kind.rtt_us);
            auto const bits = index_bits(kinds.size());
            for (auto left = (sample++)->answered; left > 0; --left) {
                auto const which = bits == 0 ? 0 : static_cast<std::uint32_t>(in.bits(bits));
                if (which >= kinds.size()) in.fail();
                auto const surprise = in.signed_number(order);
                if (!in.good()) return;
                auto& rtt_us = expected[which];
                rtt_us += static_cast<std::uint32_t>(surprise);
                samples.answers.push_back({which, rtt_us});
            }
        }
}

}  // namespace

std::string encode_record(Trace const& trace, RowId context, RowId error,
                          std::span<RecordedPath const> paths) {
    FirstTrace const none;
    FirstTrace const& first = paths.empty() ? none : paths.front().first;
    BitWriter out;
    out.bit(context != first.context);
    if (context != first.context) out.number(static_cast<std::uint64_t>(context), row_order);
    out.bit(error != 0);
    if (error != 0) out.number(static_cast<std::uint64_t>(error), row_order);
    out.number(paths.size(), 0);
    for (std::size_t i = 0; i < paths.size(); ++i)
        if (i == 0)
            out.number(static_cast<std::uint64_t>(paths[i].id), row_order);
        else
            out.signed_number(paths[i].id - paths[i - 1].id, next_path_order);
    out.number(static_cast<std::uint64_t>(trace.stop_reason) +
                   (trace.multipath ? has_multipath : 0) + (trace.heard ? has_heard : 0),
               0);
    out.signed_number(static_cast<std::int64_t>(trace.took_us - first.took_us), took_change_order);
    Sums sums;
    for (RecordedPath const& path : paths)
        for (HopSample const& hop : path.split->hops) {
            sums.sent += hop.sent;
            sums.answered += hop.answered;
        }
    write_packets(out, trace.packets, sums);
    if (trace.multipath) write_multipath(out, *trace.multipath);
    if (trace.heard) write_heard(out, *trace.heard);
    for (RecordedPath const& path : paths)
        write_counts(out, path);
    write_answers(out, paths);
    return std::move(out).finish();
}

std::optional<RecordHeader> decode_header(std::string_view record) {
    BitReader in(record);
    auto header = read_header(in);
    if (!in.good()) return std::nullopt;
    return header;
}

std::optional<RecordSamples> decode_samples(std::string_view record,
                                            std::span<StoredPath const* const> paths) {
    BitReader in(record);
    if (read_header(in).paths.size() != paths.size()) return std::nullopt;
    auto const flags = in.number(0);
    auto const stop_reason = flags & ~(has_multipath | has_heard);
    if (stop_reason > static_cast<std::uint64_t>(last_stop_reason)) return std::nullopt;
    RecordSamples samples;
    samples.stop_reason = static_cast<StopReason>(stop_reason);
    samples.took_us = (paths.empty() ? 0 : paths.front()->took_us) +
                      static_cast<std::uint64_t>(in.signed_number(took_change_order));
    Sums sums;
    samples.packets = read_packets(in, sums);
    if ((flags & has_multipath) != 0) samples.multipath = read_multipath(in);
    if ((flags & has_heard) != 0) samples.heard = read_heard(in);
    std::size_t hops = 0;
    for (StoredPath const* path : paths)
        hops += path->shape.hops.size();
    samples.hops.reserve(hops);
    for (StoredPath const* path : paths) {
        read_counts(in, path->shape, samples);
        if (!in.good()) return std::nullopt;
    }
    std::int64_t answered = 0;
    for (HopSample const& hop : samples.hops) {
        sums.sent = wrapping_sum(sums.sent, hop.sent);
        answered += hop.answered;
    }
    samples.packets.sent = static_cast<std::uint32_t>(sums.sent);
    samples.packets.answered = static_cast<std::uint32_t>(wrapping_sum(sums.answered, answered));
    // Each answer takes a bit at least, so that damage reserves no more than it brought.
    if (in.has(answered)) samples.answers.reserve(static_cast<std::size_t>(answered));
    if (answered > 0) read_answers(in, paths, samples);
    if (!in.good()) return std::nullopt;
    return samples;
}

}  // namespace dtrace::store
