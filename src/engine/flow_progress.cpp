#include <dtrace/engine/flow_progress.hpp>

#include <algorithm>

namespace dtrace::engine {

namespace {
constexpr milliseconds silent_hop_floor{10};
constexpr milliseconds lossy_hop_floor{100};
/// Room that is made at once.
constexpr std::size_t usual_hops = 12;
}  // namespace

FlowProgress::FlowProgress(Plan const& plan)
    : first_hop_(plan.first_hop),
      timeout_(std::chrono::ceil<microseconds>(plan.timeout)),
      tail_timeout_(std::chrono::ceil<microseconds>(plan.tail_timeout.value_or(plan.timeout))),
      last_wanted_(plan.max_hops) {}

AddressIndex FlowProgress::responder(Ttl ttl) const {
    auto const hop = static_cast<std::size_t>(ttl - first_hop_);
    return ttl >= first_hop_ && hop < responders_.size() ? responders_[hop] : no_address;
}

void FlowProgress::on_answer(Ttl ttl, AddressIndex from, AnswerMeaning meaning, microseconds rtt) {
    auto const hop = static_cast<std::size_t>(ttl - first_hop_);
    if (responders_.capacity() == 0) responders_.reserve(usual_hops);
    if (responders_.size() <= hop) responders_.resize(hop + 1, no_address);
    if (responders_[hop] == no_address) responders_[hop] = from;
    longest_rtt_ = std::max(longest_rtt_, rtt);
    highest_answered_ = std::max(highest_answered_, ttl);

    bool const ends = meaning != AnswerMeaning::passing;
    // A path that was given up for its gap or loop and answers from beyond goes on to there.
    bool const first_end = ends && (meaning_ == AnswerMeaning::passing || ttl < last_wanted_);
    if (first_end) {
        last_wanted_ = ttl;
        meaning_ = meaning;
    } else if (!ends && meaning_ == AnswerMeaning::passing && closes_loop(ttl)) {
        looped_ = true;
        last_wanted_ = std::min(last_wanted_, ttl);
    }
}

void FlowProgress::on_gap(Ttl last_hop_of_gap) {
    if (meaning_ != AnswerMeaning::passing || last_hop_of_gap >= last_wanted_) return;
    gap_ = true;
    last_wanted_ = last_hop_of_gap;
}

bool FlowProgress::closes_loop(Ttl ttl) const {
    // The third visit of one router, with other hops between the visits: twice around. A router
    // that answers in two neighbouring hops, or that a balancer shows twice, is not a loop.
    AddressIndex const router = responder(ttl);
    int visits = 1;
    for (int previous = ttl, t = ttl - 2; t >= first_hop_; --t) {
        if (responder(static_cast<Ttl>(t)) != router || previous - t < 2) continue;
        previous = t;
        ++visits;
    }
    return visits >= 3;
}

microseconds FlowProgress::patience(Ttl ttl) const {
    if (ttl > highest_answered_) return tail_timeout_;
    microseconds const shown = answered(ttl)
                                   ? std::max<microseconds>(10 * longest_rtt_, lossy_hop_floor)
                                   : 3 * longest_rtt_ + silent_hop_floor;
    return std::min(timeout_, shown);
}

StopReason FlowProgress::stop_reason() const {
    if (meaning_ == AnswerMeaning::reached) return StopReason::completed;
    if (meaning_ == AnswerMeaning::unreachable) return StopReason::unreachable;
    if (looped_) return StopReason::loop;
    return gap_ ? StopReason::gap_limit : StopReason::hop_limit;
}

}  // namespace dtrace::engine
