#include <dtrace/analysis/hop_statistics.hpp>

#include <algorithm>
#include <cmath>

namespace dtrace::analysis {

namespace {

std::uint32_t rounded(double us) {
    return static_cast<std::uint32_t>(std::lround(us));
}

}  // namespace

void HopTable::add(Trace const& trace) {
    for (auto const& path : trace.paths)
        for (auto const& hop : path.hops) {
            auto& sums = sums_[hop.ttl];
            sums.sent += hop.sent;
            for (auto const& answer : hop.answers)
                // A remark comes beside an answer, or instead of one.
                if (answer.kind != ReplyKind::other) add(answer, sums);
        }
}

void HopTable::add(Answer const& answer, Sums& sums) {
    auto const us = answer.rtt_us;
    bool const first = sums.answered++ == 0;
    ++sums.responders[answer.from];
    if (!first) sums.steps += std::abs(static_cast<double>(us) - sums.last_us);
    sums.last_us = us;
    sums.best_us = first ? us : std::min(sums.best_us, us);
    sums.worst_us = std::max(sums.worst_us, us);
    double const before = us - sums.mean;
    sums.mean += before / static_cast<double>(sums.answered);
    sums.squares += before * (us - sums.mean);
}

HopStatistics HopTable::statistics(Ttl ttl, Sums const& sums) {
    auto const sent = static_cast<double>(sums.sent);
    auto const answered = static_cast<double>(sums.answered);
    HopStatistics hop{.ttl = ttl,
                      .sent = sums.sent,
                      .answered = sums.answered,
                      .unanswered = wilson(sent - std::min(answered, sent), sent),
                      .responders = {},
                      .rtt = {}};
    for (auto const& [from, count] : sums.responders)
        hop.responders.push_back({.from = from, .name = {}, .asn = {}, .answered = count});
    std::ranges::stable_sort(hop.responders, std::ranges::greater(), &Responder::answered);
    if (sums.answered > 0)
        hop.rtt = {.last_us = sums.last_us,
                   .best_us = sums.best_us,
                   .worst_us = sums.worst_us,
                   .mean_us = rounded(sums.mean),
                   .deviation_us = rounded(std::sqrt(sums.squares / answered)),
                   .jitter_us = rounded(sums.steps / std::max(answered - 1, 1.0))};
    return hop;
}

std::vector<HopStatistics> HopTable::hops() const {
    std::vector<HopStatistics> hops;
    for (auto const& [ttl, sums] : sums_)
        hops.push_back(statistics(ttl, sums));
    double behind = 1;  // the least that a hop behind leaves unanswered, at most
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
        hop->passes = hop->unanswered.low > behind;
        behind = std::min(behind, hop->unanswered.high);
    }
    return hops;
}

}  // namespace dtrace::analysis
