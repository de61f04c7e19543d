#include "hearing/hearing_log.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

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

void HearingLog::hear(Flow const& flow, TimePoint received, TimePoint now) {
    // A trace may have told of a span before all of it was read.
    if (now - received > limits_.read_within) return miss(now);
    received = std::min(received, now);  // where a clock was set meanwhile
    auto const found = pairs_.find({without_scope(flow.destination), without_scope(flow.source)});
    if (found == pairs_.end() || received < found->second.since) return;
    add(found->second, flow, received, now);
}

void HearingLog::add(Pair& pair, Flow const& flow, TimePoint received, TimePoint now) {
    auto const open =
        std::find_if(pair.visits.rbegin(), pair.visits.rend(), [&](Visit const& visit) {
            return std::tie(visit.id, visit.method, visit.destination_port) ==
                       std::tie(flow.id, flow.method, flow.destination_port) &&
                   received - visit.first < visit_length;
        });
    if (open != pair.visits.rend()) {
        if (open->packets < limits_.packets_of_visit)
            ++open->packets;
        else
            begin_anew(pair, now);
        return;
    }
    if (pair.visits.size() >= limits_.visits_of_pair) forget_before(pair, now - limits_.kept);
    if (pair.visits.size() >= limits_.visits_of_pair || visits_ >= limits_.visits)
        return begin_anew(pair, now);
    pair.visits.push_back({flow.method, flow.id, flow.destination_port, 1, received});
    ++visits_;
}

void HearingLog::miss(TimePoint now) {
    for (auto& [key, pair] : pairs_)
        begin_anew(pair, now);
}

std::optional<Heard> HearingLog::take(IpAddress const& own, IpAddress const& target,
                                      TimePoint now) {
    Key const key(without_scope(own), without_scope(target));
    if (key.first == key.second) return std::nullopt;
    auto found = pairs_.find(key);
    if (found == pairs_.end()) {
        if (pairs_.size() >= limits_.pairs) forget_least_recent();
        pairs_.emplace(key, Pair{.since = now, .taken = now, .visits = {}});
        return std::nullopt;
    }
    Pair& pair = found->second;
    pair.taken = now;
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
    forget_before(pair, now);
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
