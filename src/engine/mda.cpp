#include <dtrace/engine/mda.hpp>
#include <dtrace/engine/stopping_point.hpp>

#include <algorithm>

namespace dtrace::engine {

namespace {

/// A hop that has kept flow 0 waiting for this long does not hold it back any more.
constexpr milliseconds slow_floor{20};
constexpr milliseconds slow_at_first{50};

/// Behind the last answering hop flow 0 asks again after so much more than three times the longest
/// RTT, once a hop has had time to answer from far: an answer that comes later still counts, but
/// the attempts need not wait for each other.
constexpr milliseconds ask_again_floor{10};

/// Flow 0 is one hop ahead of what it has heard, and another one for so many answered hops: what it
/// sends beyond the target stays a small part.
constexpr unsigned answered_hops_per_step = 5;

/// The error allowed at one stopping point. A round asks at each in turn whether to end, and these
/// chances add up, the more the wider the balancer; a little less for each keeps the sum within
/// what is allowed (Veitch, Augustin, Friedman, Teixeira: "Failure control in multipath route
/// tracing", INFOCOM 2009).
constexpr unsigned many_next_hops = 6;
constexpr double part_where_few = 0.92;
constexpr double part_where_many = 0.8;

}  // namespace

Mda::Mda(Plan const& plan)
    : plan_(plan),
      ends_(plan.flows, plan.max_hops),
      scouted_(static_cast<Ttl>(plan.first_hop - 1)) {}

double Mda::error(unsigned next_hops) const {
    return (next_hops < many_next_hops ? part_where_few : part_where_many) *
           (1 - plan_.confidence / 100.0);
}

std::optional<Packet> Mda::next(TimePoint now) {
    if (queue_.empty() && (news_ || now >= wake())) plan_ahead(now);
    if (queue_.empty()) return std::nullopt;
    Packet const packet = queue_.front();
    queue_.pop_front();
    ++sent_;
    return packet;
}

void Mda::on_sent(Packet packet, TimePoint at) {
    if (packet.flow == 0) left_at_[static_cast<std::size_t>(packet.ttl - plan_.first_hop)] = at;
}

void Mda::plan_ahead(TimePoint now) {
    news_ = false;
    planned_at_ = now;
    wanted_.assign(hops_.size() + 1, {});
    scout(now);
    close_hops();
    for (std::size_t at = 0; at < hops_.size(); ++at)
        plan_hop(at);
    // A branch that is longer than the one of flow 0.
    bool const longer = ends_[0] < ttl_at(hops_.size()) && ttl_at(hops_.size()) <= plan_.max_hops &&
                        lanes(hops_.size()) > 0;
    if (longer) {
        add_hop();
        plan_hop(hops_.size() - 1);
    }
    // Packets in a row go to different routers.
    std::size_t longest = 0;
    for (auto const& packets : wanted_)
        longest = std::max(longest, packets.size());
    for (std::size_t i = 0; i < longest; ++i)
        for (auto const& packets : wanted_)
            if (i < packets.size()) queue_.push_back(packets[i]);
}

bool Mda::want(FlowIndex flow, std::size_t at) {
    auto& hop = hops_[at];
    if (hop.sent(flow) >= plan_.attempts) return false;
    if (wanted_.size() <= at) wanted_.resize(at + 1);
    wanted_[at].push_back({.flow = flow, .ttl = ttl_at(at), .attempt = hop.sent(flow)});
    hop.on_sent(flow);
    if (flow == 0) left_at_[at].reset();
    used_ = std::max<FlowIndex>(used_, static_cast<FlowIndex>(flow + 1));
    return true;
}

void Mda::add_hop() {
    hops_.emplace_back(plan_.flows);
    full_.push_back(false);
    left_at_.emplace_back();
    repetitions_.emplace_back();
}

void Mda::scout(TimePoint now) {
    while (may_scout(now)) {
        std::size_t const at = hops_.size();
        // Another, longer branch may have led further than flow 0 has come.
        std::size_t const mine = static_cast<std::size_t>(scouted_ + 1 - plan_.first_hop);
        if (mine == at) add_hop();
        ++scouted_;
        if (hops_[mine].untouched(0)) want(0, mine);
    }
}

bool Mda::scouting_over() const {
    if (scouted_ >= std::min(plan_.max_hops, ends_[0])) return true;
    int const known = std::max<int>(highest_answered_, plan_.first_hop - 1);
    return plan_.gap_limit != 0 && scouted_ - known >= plan_.gap_limit;
}

bool Mda::may_scout(TimePoint now) const {
    if (scouting_over()) return false;
    if (scouted_ < plan_.expected_hops) return true;
    unsigned ahead = 0;
    for (std::size_t at = 0; at < hops_.size(); ++at)
        if (hops_[at].waiting(0) && slow_at(at) > now) ++ahead;
    return ahead < 1 + answered_hops_ / answered_hops_per_step;
}

/// On a known path nothing is worth sending beyond its end before that end had time to answer.
microseconds Mda::slow_after() const {
    if (plan_.tail_timeout) return std::chrono::ceil<microseconds>(*plan_.tail_timeout);
    if (answered_hops_ == 0) return slow_at_first;
    return std::max<microseconds>(2 * longest_rtt_, slow_floor);
}

/// When a hop holds flow 0 back no more, unless it answers.
TimePoint Mda::slow_at(std::size_t at) const {
    if (hops_[at].sent(0) > 1) return TimePoint::min();
    return left_at_[at] ? *left_at_[at] + slow_after() : TimePoint::max();
}

/// When a hop of the silent tail is asked again, unless it answers. On a known path its patience
/// is short, and ends before.
TimePoint Mda::asks_again_at(std::size_t at) const {
    bool const tail = ttl_at(at) > highest_answered_ && ttl_at(at) <= ends_[0] && scouting_over();
    if (!tail || plan_.tail_timeout || !left_at_[at]) return TimePoint::max();
    if (!hops_[at].waiting(0) || hops_[at].sent(0) >= plan_.attempts) return TimePoint::max();
    microseconds const pause =
        answered_hops_ == 0 ? slow_at_first : 3 * longest_rtt_ + ask_again_floor;
    return *left_at_[at] + (hops_[at].sent(0) == 1 ? std::max<microseconds>(pause, soon) : pause);
}

TimePoint Mda::wake() const {
    TimePoint earliest = TimePoint::max();
    for (std::size_t at = 0; at < hops_.size(); ++at) {
        earliest = std::min(earliest, asks_again_at(at));
        if (!scouting_over() && hops_[at].waiting(0) && slow_at(at) > planned_at_)
            earliest = std::min(earliest, slow_at(at));
    }
    return earliest;
}

void Mda::on_answer(Packet packet, AddressIndex from, bool ends, microseconds rtt) {
    auto const at = static_cast<std::size_t>(packet.ttl - plan_.first_hop);
    if (at >= hops_.size()) return;
    news_ = true;
    auto& hop = hops_[at];
    if (hop.vertices() == 0) ++answered_hops_;
    longest_rtt_ = std::max(longest_rtt_, rtt);
    highest_answered_ = std::max(highest_answered_, packet.ttl);
    hop.on_answer(packet.flow, from, ends);
    if (packet.ttl > ends_[packet.flow]) hop.forget(packet.flow);
    if (std::erase(repeated_, packet) > 0) {
        ++repetitions_[at].heard;
        --repetitions_[at].in_flight;
    }
}

void Mda::on_silence(Packet packet) {
    auto const at = static_cast<std::size_t>(packet.ttl - plan_.first_hop);
    if (at >= hops_.size()) return;
    news_ = true;
    if (std::erase(repeated_, packet) > 0)
        --repetitions_[at].in_flight;
    else if (packet.attempt + 1 == hops_[at].sent(packet.flow))
        hops_[at].on_silence(packet.flow);
}

void Mda::set_end(FlowIndex flow, Ttl last_wanted) {
    if (last_wanted == ends_[flow]) return;
    ends_[flow] = last_wanted;
    news_ = true;
    for (std::size_t at = static_cast<std::size_t>(last_wanted + 1 - plan_.first_hop);
         at < hops_.size(); ++at)
        hops_[at].forget(flow);
}

Multipath Mda::result() const {
    Multipath result;
    result.confidence = plan_.confidence;
    bool complete = scouting_over() && !incomplete_;
    for (std::size_t at = 0; at < hops_.size(); ++at) {
        auto const& hop = hops_[at];
        if (hop.settled() > 0 && ttl_at(at) <= highest_answered_) complete = complete && met(at);
        if (hop.width() < 2 || hop.vertices() == 0) continue;
        BalancedHop const found{.ttl = ttl_at(at),
                                .routers = static_cast<std::uint16_t>(hop.width()),
                                .flows = static_cast<std::uint16_t>(hop.probed()),
                                .balancing = balancing(at)};
        result.hops.push_back(found);
    }
    auto const any = [&](Balancing kind) {
        return std::ranges::find(result.hops, kind, &BalancedHop::balancing) != result.hops.end();
    };
    for (auto const kind : {Balancing::unknown, Balancing::per_flow, Balancing::per_packet})
        if (any(kind)) result.balancing = kind;
    for (auto const& repetitions : repetitions_)
        result.repeated_packets += repetitions.sent;
    result.discovery_packets = sent_ - result.repeated_packets;
    result.complete = complete;
    return result;
}

}  // namespace dtrace::engine
