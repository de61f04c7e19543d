#include "watch/arrivals.hpp"

#include <dtrace/analysis/evidence.hpp>

#include <algorithm>

namespace dtrace::master {

namespace {

/// What clocks may differ by, and packets be under way.
constexpr microseconds clock_slack = seconds(1);
/// Times are told in milliseconds, by clocks of which one may be set while the other runs on.
constexpr microseconds seam = milliseconds(100);

TimeSpan with_slack(TimeSpan const& round) {
    return {round.from - clock_slack, round.until + clock_slack};
}

}  // namespace

std::optional<Listening> listening_of(Trace const& trace) {
    if (!trace.heard) return std::nullopt;
    auto const end = trace.started_at + microseconds(trace.took_us);
    Listening heard{.from = end - milliseconds(trace.heard->listened_ms),
                    .until = end - heard_settled,
                    .visits = {}};
    heard.visits.reserve(trace.heard->flows.size());
    for (auto const& flow : trace.heard->flows)
        heard.visits.push_back(
            {.flow = analysis::flow_header(flow.method, flow.source_port, flow.destination_port,
                                           flow.icmp_checksum),
             .at = end - milliseconds(flow.ago_ms),
             .packets = flow.packets});
    return heard;
}

bool concerns(Listening const& listening, TimeSpan const& round) {
    auto const [from, until] = with_slack(round);
    return listening.from <= until && from <= listening.until;
}

bool are_near(TimeSpan const& one, TimeSpan const& other) {
    return one.from <= other.until + clock_slack && other.from <= one.until + clock_slack;
}

std::optional<std::map<std::uint64_t, std::uint32_t>> arrivals_of(
    TimeSpan const& round, std::span<Listening const* const> heard) {
    auto const [from, until] = with_slack(round);
    auto covered = from;
    for (auto const* const part : heard)
        if (part->from <= covered + seam) covered = std::max(covered, part->until);
    if (heard.empty() || covered < until) return std::nullopt;
    std::map<std::uint64_t, std::uint32_t> arrived;
    for (auto const* const part : heard) {
        if (!concerns(*part, round)) continue;
        for (auto const& visit : part->visits)
            if (visit.at >= from && visit.at <= until) arrived[visit.flow] += visit.packets;
    }
    return arrived;
}

}  // namespace dtrace::master
