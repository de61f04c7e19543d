#include <dtrace/engine/hop_timing.hpp>

#include <algorithm>
#include <cstddef>

namespace dtrace::engine {

namespace {
constexpr milliseconds floor_where_answered{50};
constexpr milliseconds floor_where_silent{10};
}  // namespace

HopTiming::HopTiming(Plan const& plan)
    : first_hop_(plan.first_hop),
      timeout_(std::chrono::ceil<microseconds>(plan.timeout)),
      tail_timeout_(std::chrono::ceil<microseconds>(plan.tail_timeout.value_or(plan.timeout))) {}

microseconds HopTiming::longest_at(Ttl ttl) const {
    auto const at = static_cast<std::size_t>(ttl - first_hop_);
    return at < longest_at_.size() ? longest_at_[at] : microseconds(0);
}

void HopTiming::on_answer(Ttl ttl, microseconds rtt) {
    auto const at = static_cast<std::size_t>(ttl - first_hop_);
    if (longest_at_.size() <= at) longest_at_.resize(at + 1);
    longest_at_[at] = std::max({longest_at_[at], rtt, microseconds(1)});
    longest_ = std::max(longest_, rtt);
}

microseconds HopTiming::patience(Ttl ttl) const {
    auto const at = static_cast<std::size_t>(ttl - first_hop_);
    if (at >= longest_at_.size()) return tail_timeout_;
    auto const shown = longest_at_[at] > microseconds(0)
                           ? 3 * longest_at_[at] + microseconds(floor_where_answered)
                           : 3 * longest_ + microseconds(floor_where_silent);
    return std::min(timeout_, shown);
}

}  // namespace dtrace::engine
