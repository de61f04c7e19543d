#include "evidence/path_places.hpp"

#include <algorithm>
#include <functional>
#include <string>

namespace dtrace::analysis {

namespace {

std::int64_t median_rtt(std::vector<Answer> const& answers) {
    if (answers.size() == 1) return answers.front().rtt_us;
    std::vector<std::int64_t> rtts;
    rtts.reserve(answers.size());
    for (auto const& answer : answers)
        rtts.push_back(answer.rtt_us);
    auto const middle = rtts.begin() + static_cast<std::ptrdiff_t>((rtts.size() - 1) / 2);
    std::ranges::nth_element(rtts, middle);
    return *middle;
}

void mix_in(std::uint64_t& hash, std::uint64_t value) {
    hash = (hash ^ value) * 0x9E3779B97F4A7C15U;
    hash ^= hash >> 29;
}

}  // namespace

std::vector<PathPlace> places_of(Path const& path) {
    std::vector<PathPlace> places;
    places.reserve(path.hops.size());
    for (auto const& hop : path.hops) {
        auto& place = places.emplace_back();
        place.ttl = hop.ttl;
        place.sent = hop.sent;
        place.answered = static_cast<std::uint32_t>(hop.answers.size());
        if (hop.answers.empty()) continue;
        for (auto const& answer : hop.answers)
            place.addresses.push_back(answer.from);
        std::ranges::sort(place.addresses);
        place.addresses.erase(std::unique(place.addresses.begin(), place.addresses.end()),
                              place.addresses.end());
        place.rtt_us = median_rtt(hop.answers);
    }
    return places;
}

std::optional<std::size_t> last_answered(std::vector<PathPlace> const& places) {
    for (std::size_t i = places.size(); i > 0; --i)
        if (places[i - 1].answered > 0) return i - 1;
    return std::nullopt;
}

std::uint64_t flow_hash(Trace const& trace, Path const& path) {
    std::uint64_t hash = std::hash<std::string>{}(trace.probe);
    mix_in(hash, trace.target.address ? std::hash<IpAddress>{}(*trace.target.address)
                                      : std::hash<std::string>{}(trace.target.host));
    mix_in(hash, static_cast<std::uint64_t>(trace.method));
    mix_in(hash, path.source_port ? *path.source_port : 0x1'0000U + path.flow);
    mix_in(hash, path.destination_port.value_or(0));
    mix_in(hash, path.icmp_checksum.value_or(0));
    return hash;
}

bool counts_hold(Trace const& trace) {
    return trace.packets.receiver_dropped == 0 && trace.stop_reason != StopReason::cancelled &&
           trace.stop_reason != StopReason::error;
}

}  // namespace dtrace::analysis
