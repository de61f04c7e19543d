#include "hearing/hearing_log.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace dtrace::probe {

namespace {

/// Packets of one flow that come within it from the first of them are one visit.
constexpr Duration visit_length = seconds(1);

std::uint32_t whole_ms(Duration duration) {
    return static_cast<std::uint32_t>(std::chrono::floor<milliseconds>(duration).count());
}

HeardFlow name_flow(Method method, std::uint16_t id, Port destination_port) {
    HeardFlow flow{.method = method,
                   .source_port = {},
                   .destination_port = {},
                   .icmp_checksum = {},
                   .ago_ms = 0,
                   .packets = 0};
    if (method == Method::icmp) {
        flow.icmp_checksum = id;
    } else {
        flow.source_port = id;
        flow.destination_port = destination_port;
    }
    return flow;
}

}  // namespace

HearingLog::Loss HearingLog::hear(Flow const& flow, TimePoint received, TimePoint now) {
    // Its time cannot be trusted: the clock that it was taken by may have been set since.
    if (now - received > limits_.read_within) {
        miss(now);
        return Loss::read_late;
    }
    received = std::min(received, now);  // where a clock was set meanwhile
    auto const found = pairs_.find({without_scope(flow.destination), without_scope(flow.source)});
    if (found == pairs_.end()) return Loss::none;
    heed_misses(found->second);
    if (received < found->second.since) return Loss::none;
    return add(found->second, flow, received, now);
}

HearingLog::Loss HearingLog::add(Pair& pair, Flow const& flow, TimePoint received, TimePoint now) {
    // Visits stand in the order in which they were read: none began later than read_within after
    // one that stands behind it.
    auto const long_ago = received - visit_length - limits_.read_within;
    for (auto visit = pair.visits.rbegin(); visit != pair.visits.rend(); ++visit) {
        if (visit->first < long_ago) break;
        if (std::tie(visit->id, visit->method, visit->destination_port) !=
                std::tie(flow.id, flow.method, flow.destination_port) ||
            received - visit->first >= visit_length)
            continue;
        if (visit->packets < limits_.packets_of_visit) {
            ++visit->packets;
            return Loss::none;
        }
        begin_anew(pair, now);
        return Loss::too_much_from_one;
    }
    if (pair.visits.size() >= limits_.visits_of_pair) forget_before(pair, now - limits_.kept);
    if (pair.visits.size() >= limits_.visits_of_pair) {
        begin_anew(pair, now);
        return Loss::too_much_from_one;
    }
    Loss const loss = visits_ >= limits_.visits ? make_room(pair, now) : Loss::none;
    if (received < pair.since) return loss;
    pair.visits.push_back({flow.method, flow.id, flow.destination_port, 1, received});
    ++visits_;
    return loss;
}

/// Whoever is measured now goes before whoever was measured longest ago.
HearingLog::Loss HearingLog::make_room(Pair& pair, TimePoint now) {
    Pair* least = nullptr;
    for (auto& [key, other] : pairs_)
        if (&other != &pair && !other.visits.empty() && (!least || other.taken < least->taken))
            least = &other;
    begin_anew(least ? *least : pair, now);
    return Loss::no_room;
}

/// Whatever the number of pairs: each begins anew when it is asked for next.
void HearingLog::miss(TimePoint now) {
    ++misses_;
    missed_at_ = std::max(missed_at_, now);
}

void HearingLog::heed_misses(Pair& pair) {
    if (std::exchange(pair.misses, misses_) != misses_) begin_anew(pair, missed_at_);
}

std::optional<Heard> HearingLog::take(IpAddress const& own, IpAddress const& target,
                                      TimePoint now) {
    Key const key(without_scope(own), without_scope(target));
    if (key.first == key.second) return std::nullopt;
    auto found = pairs_.find(key);
    if (found == pairs_.end()) {
        if (pairs_.size() >= limits_.pairs) forget_least_recent();
        pairs_.emplace(key, Pair{.since = now, .taken = now, .misses = misses_, .visits = {}});
        return std::nullopt;
    }
    Pair& pair = found->second;
    pair.taken = now;
    heed_misses(pair);
    forget_before(pair, now - limits_.kept);
    TimePoint const until = now - heard_settled;
    if (until <= pair.since) return std::nullopt;

    std::vector<Visit> told;
    std::ranges::copy_if(pair.visits, std::back_inserter(told),
                         [&](Visit const& visit) { return visit.first < until; });
    std::ranges::stable_sort(told, {}, &Visit::first);
    Heard heard{.listened_ms = whole_ms(now - pair.since), .flows = {}};
    for (Visit const& visit : told) {
        auto& flow =
            heard.flows.emplace_back(name_flow(visit.method, visit.id, visit.destination_port));
        flow.ago_ms = whole_ms(now - visit.first);
        flow.packets = visit.packets;
    }
    forget_before(pair, until);
    return heard;
}

void HearingLog::begin_anew(Pair& pair, TimePoint now) {
    pair.since = std::max(pair.since, now);
    visits_ -= pair.visits.size();
    pair.visits = {};
}

/// Their memory too.
void HearingLog::forget_before(Pair& pair, TimePoint time) {
    if (time <= pair.since) return;
    pair.since = time;
    auto const before = pair.visits.size();
    std::vector<Visit> later;
    std::ranges::copy_if(pair.visits, std::back_inserter(later),
                         [&](Visit const& visit) { return visit.first >= time; });
    visits_ -= before - later.size();
    pair.visits = std::move(later);
}

void HearingLog::forget_least_recent() {
    auto const least =
        std::ranges::min_element(pairs_, {}, [](auto const& entry) { return entry.second.taken; });
    visits_ -= least->second.visits.size();
    pairs_.erase(least);
}

}  // namespace dtrace::probe
