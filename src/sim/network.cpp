#include "chance.hpp"
#include "change.hpp"
#include "parcel.hpp"
#include "responder.hpp"
#include "scene.hpp"
#include "transit.hpp"

#include <dtrace/sim/network.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace dtrace::sim {

class Network::Impl {
  public:
    Impl(Topology topology, std::uint64_t seed, TimePoint start);

    std::vector<Delivery> process(std::span<std::byte const> bytes, TimePoint now);
    std::vector<TrueHop> path_of(std::span<std::byte const> bytes, TimePoint now,
                                 std::uint8_t longest);

    Topology topology_;
    Truth truth_;

  private:
    struct Period {
        TimePoint from;
        Scene scene;
    };

    Scene& scene_at(TimePoint now);
    bool depart(Scene const& scene);
    TrueHop hop_at(Scene& scene, std::uint8_t ttl);

    std::vector<Period> periods_;
    Chance chance_;
    Responder responder_;
    // Reused from packet to packet, for their memory.
    Parcel packet_, reply_;
    Trip trip_;
};

Network::Impl::Impl(Topology topology, std::uint64_t seed, TimePoint start)
    : topology_(std::move(topology)), chance_(seed) {
    if (auto const fault = find_fault(topology_)) throw std::invalid_argument(*fault);
    Topology current = topology_;
    current.links = single_links(topology_.links);
    periods_.push_back({start, Scene(current, seed)});
    for (Event const& event : topology_.events) {
        apply(event, current);
        periods_.push_back({start + milliseconds(event.at_ms), Scene(current, seed)});
    }
    Scene const& scene = periods_.front().scene;
    for (SceneNode const& node : scene.nodes())
        truth_.nodes.push_back({.name = node.name});
    for (SceneLink const& link : scene.links())
        for (std::size_t direction : {0U, 1U})
            truth_.links.push_back({.from = scene.node(link.ends[direction]).name,
                                    .to = scene.node(link.ends[1 - direction]).name});
}

Scene& Network::Impl::scene_at(TimePoint now) {
    auto const later = std::ranges::upper_bound(periods_, now, {}, &Period::from);
    return later == periods_.begin() ? periods_.front().scene : std::prev(later)->scene;
}

/// `packet_` is loaded; false when nobody could have sent it.
bool Network::Impl::depart(Scene const& scene) {
    trip_.from = trip_.at = scene.owner(packet_.source_key());
    trip_.crossed.clear();
    trip_.translations.clear();
    trip_.elapsed = {};
    trip_.certain = true;
    return trip_.from != no_node;
}

std::vector<Delivery> Network::Impl::process(std::span<std::byte const> bytes, TimePoint now) {
    ++truth_.packets;
    if (!packet_.load(bytes)) {
        ++truth_.malformed;
        return {};
    }
    Scene& scene = scene_at(now);
    if (!depart(scene)) {
        ++truth_.foreign;
        return {};
    }
    Transit transit(scene, truth_, &chance_);
    Ending const ending = transit.carry(packet_, trip_);
    if (ending.kind == Ending::lost || trip_.at == trip_.from) return {};

    Intent const intent = intend(scene, packet_, trip_, ending);
    if (intent.kind == Intent::damaged) ++truth_.damaged;
    if (intent.kind == Intent::damaged || intent.kind == Intent::nothing) return {};
    auto const answer =
        responder_.answer(scene, packet_, intent, trip_, now, chance_, truth_.nodes[trip_.at]);
    if (answer.empty() || !reply_.load(answer)) return {};

    bool const mirrored =
        topology_.return_path.value_or(ReturnPath::mirrored) == ReturnPath::mirrored;
    if (!(mirrored ? transit.carry_back(reply_, trip_) : transit.carry_back_routed(reply_, trip_)))
        return {};
    ++truth_.delivered;
    return {{.delay = trip_.elapsed, .bytes = {reply_.bytes().begin(), reply_.bytes().end()}}};
}

TrueHop Network::Impl::hop_at(Scene& scene, std::uint8_t ttl) {
    if (!depart(scene)) return {};
    packet_.set_ttl(ttl);
    Ending const ending = Transit(scene, truth_, nullptr).carry(packet_, trip_);
    TrueHop hop;
    hop.certain = trip_.certain;
    if (ending.kind == Ending::lost || trip_.at == trip_.from) return hop;
    hop.node = scene.node(trip_.at).name;
    Intent const intent = intend(scene, packet_, trip_, ending);
    if (intent.kind < Intent::error) return hop;
    hop.from = intent.from;
    hop.answer = ending.kind == Ending::arrived   ? TrueAnswer::reached
                 : ending.kind == Ending::refused ? TrueAnswer::refused
                                                  : TrueAnswer::expired;
    return hop;
}

std::vector<TrueHop> Network::Impl::path_of(std::span<std::byte const> bytes, TimePoint now,
                                            std::uint8_t longest) {
    std::vector<TrueHop> path;
    for (unsigned ttl = 1; ttl <= longest && packet_.load(bytes); ++ttl) {
        path.push_back(hop_at(scene_at(now), static_cast<std::uint8_t>(ttl)));
        auto const answer = path.back().answer;
        if (answer == TrueAnswer::refused || answer == TrueAnswer::reached) break;
    }
    return path;
}

Network::Network(Topology topology, std::uint64_t seed, TimePoint start)
    : impl_(std::make_unique<Impl>(std::move(topology), seed, start)) {}
Network::~Network() = default;
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;

std::vector<Delivery> Network::process(std::span<std::byte const> packet, TimePoint now) {
    return impl_->process(packet, now);
}

std::vector<TrueHop> Network::path_of(std::span<std::byte const> packet, TimePoint now,
                                      std::uint8_t longest) {
    return impl_->path_of(packet, now, longest);
}

Truth const& Network::truth() const {
    return impl_->truth_;
}

Topology const& Network::topology() const {
    return impl_->topology_;
}

LinkCount const& Network::link(std::string_view from, std::string_view to) const {
    for (LinkCount const& count : impl_->truth_.links)
        if (count.from == from && count.to == to) return count;
    throw std::out_of_range("no link from " + std::string(from) + " to " + std::string(to));
}

NodeCount const& Network::node(std::string_view name) const {
    for (NodeCount const& count : impl_->truth_.nodes)
        if (count.name == name) return count;
    throw std::out_of_range("no node " + std::string(name));
}

}  // namespace dtrace::sim
