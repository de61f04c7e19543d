#include "watch/loss_span.hpp"

#include <dtrace/analysis/interval.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace dtrace::master {

namespace {

/// The time is looked at in so many steps.
constexpr std::size_t steps = 120;
/// How much more likely, in nats, the counts have to be with a beginning than without: the evidence
/// that is cut off would have helped. An end may err: the next verdict sees more.
constexpr double price_of_beginning = 8;
constexpr double price_of_end = 6;

struct Sum {
    double sent = 0;
    double lost = 0;

    [[nodiscard]] double likelihood() const {
        return sent > 0 ? analysis::log_likelihood(lost, sent, lost / sent) : 0;
    }
    [[nodiscard]] double share() const { return sent > 0 ? lost / sent : 0; }
    friend Sum operator-(Sum const& one, Sum const& other) {
        return {one.sent - other.sent, one.lost - other.lost};
    }
    friend Sum operator+(Sum const& one, Sum const& other) {
        return {one.sent + other.sent, one.lost + other.lost};
    }
};

/// Element i: what was sent and lost before step i.
std::vector<Sum> sums_of(std::vector<CrossingCounts> const& rounds, Timestamp first,
                         microseconds step) {
    std::vector<Sum> sums(steps + 1);
    for (auto const& round : rounds) {
        auto const at = static_cast<std::size_t>((round.at - first) / step);
        auto& sum = sums[std::min(at, steps - 1) + 1];
        sum.sent += static_cast<double>(round.sent);
        sum.lost += static_cast<double>(round.sent - std::min(round.sent, round.answered));
    }
    for (std::size_t i = 1; i <= steps; ++i)
        sums[i] = sums[i] + sums[i - 1];
    return sums;
}

/// The one part of the time that explains the counts best.
LossSpan part_of(std::vector<CrossingCounts> const& rounds) {
    if (rounds.empty()) return {};
    auto const [first, last] = std::ranges::minmax(rounds, {}, &CrossingCounts::at);
    auto const step = (last.at - first.at) / steps + microseconds(1);
    auto const sums = sums_of(rounds, first.at, step);
    auto const all = sums.back();
    double best = all.likelihood();
    std::size_t begin = 0;
    std::size_t end = steps;
    for (std::size_t from = 0; from < steps; ++from)
        for (std::size_t to = from + 1; to <= steps; ++to) {
            auto const inside = sums[to] - sums[from];
            auto const outside = all - inside;
            if (inside.sent == 0 || outside.sent == 0 || inside.share() <= outside.share())
                continue;
            double const value = inside.likelihood() + outside.likelihood() -
                                 (from > 0 ? price_of_beginning : 0) -
                                 (to < steps ? price_of_end : 0);
            if (value <= best) continue;
            best = value;
            begin = from;
            end = to;
        }
    LossSpan span;
    if (begin > 0) span.began = first.at + step * static_cast<std::int64_t>(begin);
    if (end == steps) return span;
    span.ended = first.at + step * static_cast<std::int64_t>(end);
    auto const since = all - sums[end];
    span.sent_since = static_cast<std::uint64_t>(since.sent);
    span.lost_since = static_cast<std::uint64_t>(since.lost);
    return span;
}

std::vector<CrossingCounts> since(std::vector<CrossingCounts> const& rounds, Timestamp from) {
    std::vector<CrossingCounts> some;
    std::ranges::copy_if(rounds, std::back_inserter(some),
                         [&](auto const& round) { return round.at >= from; });
    return some;
}

}  // namespace

LossSpan find_loss_span(std::vector<CrossingCounts> const& rounds) {
    auto span = part_of(rounds);
    // Each turn looks at less time.
    while (auto const changed = span.ended ? span.ended : span.began) {
        auto const next = part_of(since(rounds, *changed));
        if (next.began)
            span = next;
        else if (next.ended && !span.ended)
            span = {span.began, next.ended, next.sent_since, next.lost_since};
        else
            return span;
    }
    return span;
}

}  // namespace dtrace::master
