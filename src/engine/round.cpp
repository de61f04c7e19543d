#include <dtrace/engine/assemble_trace.hpp>
#include <dtrace/engine/round.hpp>

#include <algorithm>

namespace dtrace::engine {

namespace {

/// The part of the plan that a known path has.
Plan first_part(Plan plan) {
    if (plan.expected_hops != 0) plan.max_hops = std::min(plan.max_hops, plan.expected_hops);
    return plan;
}

/// A round none of whose first packets our own host sends is over.
constexpr std::uint32_t failures_that_end_a_round = 3;

}  // namespace

Round::Round(Plan const& plan, std::vector<Flow> flows, TimePoint start)
    : plan_(plan),
      start_(start),
      flows_(std::move(flows)),
      order_(first_part(plan)),
      table_(plan, start),
      progress_(flows_.size(), FlowProgress(plan)),
      timing_(plan) {
    if (plan.automatic) mda_.emplace(plan);
}

inline Action Round::hand_out(Packet const& packet) {
    ++handed_out_;
    return {.kind = Action::Kind::send, .packet = fresh_copy(packet)};
}

Action Round::next(TimePoint now) {
    if (aborted_) return {};
    if (!resends_.empty())
        if (auto const packet = due_resend(now)) return hand_out(*packet);
    if (!order_done_) {
        if (now >= settle_at_) settle_at_ = std::max(settle(now), now + settle_interval);
        if (mda_) {
            if (auto const packet = mda_->next(now)) return hand_out(*packet);
        } else {
            do {
                while (auto const packet = order_.next())
                    if (wanted(*packet)) return hand_out(*packet);
            } while (extend_order());
        }
        if (order_done_) settle_at_ = now;
    }
    if (now >= settle_at_) settle_at_ = settle(now);
    bool const waiting = !waiting_.empty() || !resends_.empty() || handed_out_ != 0;
    TimePoint const later = mda_ ? mda_->wake() : TimePoint::max();
    if (!waiting && later == TimePoint::max()) {
        end_order();
        return {};
    }
    TimePoint const due = resends_.empty() ? TimePoint::max() : resends_.front().due;
    // Nobody asks because of on_sent, and what was handed out may be all that there is to wait for.
    TimePoint const sent = handed_out_ == 0 ? TimePoint::max() : now + settle_interval;
    return {.kind = Action::Kind::wait, .until = std::min({settle_at_, due, later, sent})};
}

/// Where the path was known to end, once that is all sent: whether there is more to send now.
bool Round::extend_order() {
    order_done_ = extended_ || order_.last_hop() >= plan_.max_hops;
    if (order_done_ || !path_goes_on()) return false;
    Plan rest = plan_;
    rest.first_hop = static_cast<Ttl>(order_.last_hop() + 1);
    order_ = SendOrder(rest);
    extended_ = true;
    return true;
}

bool Round::path_goes_on() const {
    Ttl const expected = order_.last_hop();
    for (std::size_t flow = 0; flow < flows_.size(); ++flow) {
        if (progress_[flow].last_wanted() <= expected) continue;
        if (progress_[flow].answered(expected)) return true;
        bool const waits = std::ranges::any_of(
            waiting_, [flow](Packet const& packet) { return packet.flow == flow; });
        if (!waits && handed_out_ == 0) return true;
    }
    return false;
}

void Round::end_order() {
    order_done_ = true;
    // Flow 0 gave up for silence; FlowProgress was not asked where others decide how far to go.
    if (mda_ && mda_->scouted() < plan_.max_hops) progress_[0].on_gap(mda_->scouted());
}

std::optional<Packet> Round::due_resend(TimePoint now) {
    while (!resends_.empty() && resends_.front().due <= now) {
        Packet const packet = resends_.front().packet;
        resends_.erase(resends_.begin());
        if (wanted(packet) && table_.state(packet) == PacketState::shadowed) return packet;
    }
    return std::nullopt;
}

void Round::on_sent(Packet const& packet, std::uint32_t sealed_tag, TimePoint at) {
    --handed_out_;
    ++sent_;
    table_.set_sent(packet, sealed_tag, at);
    if (mda_) mda_->on_sent(packet, at);
    waiting_.push_back(packet);
    ++unanswered_;
    // Later packets may be worth less patience than those before.
    bool const patience_varies = order_done_ || mda_ || plan_.expected_hops != 0;
    if (patience_varies || settle_at_ == TimePoint::max())
        settle_at_ = std::min(settle_at_, at + settle_interval);
}

void Round::send_failed(Packet packet, boost::system::error_code why) {
    --handed_out_;
    table_.set_state(packet, PacketState::failed);
    if (mda_) mda_->on_silence(packet);
    if (!send_error_) send_error_ = why;
    if (sent_ == 0 && ++failed_ >= failures_that_end_a_round) aborted_ = true;
}

bool Round::withdraw(Packet const& packet) {
    if (mda_ || wanted(packet)) return false;
    --handed_out_;
    return true;
}

bool Round::may_overshoot(Packet const& packet, TimePoint now) const {
    if (mda_ || packet.ttl <= plan_.expected_hops || packet.ttl <= plan_.first_hop) return false;
    if (packet.ttl <= progress_[packet.flow].highest_answered() + 1) return false;
    Packet const before{.flow = packet.flow, .ttl = static_cast<Ttl>(packet.ttl - 1)};
    return table_.state(before) == PacketState::waiting && table_.age(before, now) < soon;
}

TimePoint Round::settle(TimePoint now) {
    TimePoint earliest = TimePoint::max();
    std::vector<bool> gone_silent;  // by flow, once there is one
    auto const age = table_.ages_at(now);
    std::erase_if(waiting_, [&](Packet const& packet) {
        if (table_.state(packet) != PacketState::waiting) return true;
        if (!wanted(packet)) return true;
        microseconds const patience =
            mda_ ? timing_.patience(packet.ttl) : progress_[packet.flow].patience(packet.ttl);
        microseconds const left = patience - age(packet);
        if (left > microseconds(0)) {
            earliest = std::min<TimePoint>(earliest, now + left);
            return false;
        }
        table_.set_state(packet, PacketState::silent);
        gone_silent.resize(flows_.size());
        gone_silent[packet.flow] = true;
        if (mda_) mda_->on_silence(packet);
        return true;
    });
    unanswered_ = static_cast<std::uint32_t>(waiting_.size());
    bool given_up = false;
    for (std::size_t flow = 0; flow < gone_silent.size(); ++flow) {
        if (!gone_silent[flow]) continue;
        Ttl const wanted_before = progress_[flow].last_wanted();
        apply_gap_limit(static_cast<FlowIndex>(flow));
        given_up = given_up || progress_[flow].last_wanted() != wanted_before;
    }
    return given_up ? settle(now) : earliest;  // nobody waits for what lies behind a gap
}

/// Once all its packets were waited for: at a low rate the first one is silent long before the last
/// one leaves.
bool Round::hop_is_silent(FlowIndex flow, Ttl ttl) const {
    bool any = false;
    for (Attempt attempt = 0; attempt < plan_.attempts; ++attempt) {
        auto const state = table_.state({flow, ttl, attempt});
        if (state != PacketState::silent && state != PacketState::failed) return false;
        any = any || state == PacketState::silent;
    }
    return any;
}

void Round::apply_gap_limit(FlowIndex flow) {
    if (plan_.gap_limit == 0 || mda_) return;
    auto& progress = progress_[flow];
    Ttl const first_silent =
        std::max<Ttl>(plan_.first_hop, static_cast<Ttl>(progress.highest_answered() + 1));
    Ttl ttl = first_silent;
    while (ttl <= progress.last_wanted() && hop_is_silent(flow, ttl)) {
        if (ttl - first_silent + 1 == plan_.gap_limit) return progress.on_gap(ttl);
        ++ttl;
    }
}

PathMemory Round::learned() const {
    PathMemory memory;
    for (auto const& progress : progress_) {
        memory.reached = memory.reached || progress.reached();
        memory.hops = std::max(memory.hops, progress.highest_answered());
    }
    if (memory.reached) {
        // What answered beyond the target was overshoot.
        memory.hops = 0;
        for (auto const& progress : progress_)
            if (progress.reached()) memory.hops = std::max(memory.hops, progress.last_wanted());
    }
    for (Ttl ttl = 1; ttl <= memory.hops; ++ttl)
        memory.rtts_us.push_back(ttl < plan_.first_hop
                                     ? 0U
                                     : static_cast<std::uint32_t>(timing_.longest_at(ttl).count()));
    return memory;
}

Trace Round::finish(TraceHeader header, TimePoint now) && {
    return TraceAssembly(*this, now, false).build(std::move(header));
}

Trace Round::so_far(TraceHeader header, TimePoint now) const {
    auto copy = *this;
    return TraceAssembly(copy, now, true).build(std::move(header));
}

}  // namespace dtrace::engine
