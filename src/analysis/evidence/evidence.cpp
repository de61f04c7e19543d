#include <dtrace/analysis/evidence.hpp>

#include <algorithm>

namespace dtrace::analysis {

namespace {

/// A flow with more different paths than this is sent on all of them in turn.
constexpr int most_paths_of_a_flow = 8;

double square_share(double answered, double sent) {
    return sent > 0 ? answered * answered / sent : 0;
}

bool answers_from(std::span<HopCounts const> hops, std::size_t first) {
    return first < hops.size() &&
           std::ranges::any_of(hops.subspan(first),
                               [](HopCounts const& hop) { return hop.node != silent_node; });
}

/// The hops of a share without that of which the target has counted the arrivals.
std::span<HopCounts const> answering_hops(Evidence::Share const& share) {
    std::span<HopCounts const> const hops(share.hops);
    return share.arrived ? hops.first(hops.size() - 1) : hops;
}

/// What the sums of a round do to the scatter of its path.
double scatter_of(std::span<HopCounts const> hops) {
    double sent = 0;
    double answered = 0;
    for (auto const& hop : hops) {
        sent += hop.sent;
        answered += hop.answered;
    }
    return square_share(answered, sent);
}

void take_arrivals_out(ArrivalCounts& counted, Evidence::Share const& share) {
    auto const sent = share.hops.back().sent;
    --counted.rounds;
    counted.sent -= sent;
    counted.arrived -= *share.arrived;
    counted.scatter =
        counted.rounds == 0 ? 0 : counted.scatter - square_share(*share.arrived, sent);
}

}  // namespace

std::size_t Evidence::KeyHash::operator()(FlowKey const& key) const {
    std::uint64_t hash = key.header;
    for (std::uint64_t const part : {std::uint64_t{key.probe}, std::uint64_t{key.target}})
        hash = (hash ^ part) * 0x9E37'79B9'7F4A'7C15u;
    return hash ^ hash >> 32;
}

ProbeIndex Evidence::probe(std::string_view name) {
    auto const known = probe_of_name_.find(name);
    if (known != probe_of_name_.end()) return known->second;
    auto const index = static_cast<ProbeIndex>(probes_.size());
    probes_.emplace_back(name);
    probe_of_name_.emplace(name, index);
    return index;
}

NodeIndex Evidence::node(IpAddress const& address) {
    auto const [place, is_new] =
        node_of_address_.try_emplace(address, static_cast<NodeIndex>(nodes_.size()));
    if (is_new) nodes_.push_back({{address}});
    return place->second;
}

NodeIndex Evidence::node(std::vector<IpAddress> addresses) {
    std::ranges::sort(addresses);
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    if (addresses.size() == 1) return node(addresses.front());
    auto const [place, is_new] =
        node_of_addresses_.try_emplace(addresses, static_cast<NodeIndex>(nodes_.size()));
    if (is_new) nodes_.push_back({std::move(addresses)});
    return place->second;
}

bool Evidence::includes(NodeIndex whole, NodeIndex part) const {
    return whole == part || std::ranges::includes(nodes_[whole].addresses, nodes_[part].addresses);
}

std::optional<std::uint32_t> Evidence::fit(FlowPath const& path,
                                           FlowObservation const& observation) const {
    auto const common = std::min(path.hops.size(), observation.hops.size());
    std::uint32_t confirmed = 0;
    for (std::size_t hop = 0; hop < common; ++hop) {
        NodeIndex const known = path.hops[hop].node;
        NodeIndex const seen = observation.hops[hop].node;
        if (known == silent_node || seen == silent_node) continue;
        if (!includes(known, seen)) return std::nullopt;
        if (known == seen) ++confirmed;
    }
    // Behind the target there is nothing.
    if (path.reached && answers_from(observation.hops, path.hops.size())) return std::nullopt;
    if (observation.reached && answers_from(path.hops, observation.hops.size()))
        return std::nullopt;
    return confirmed;
}

std::uint32_t Evidence::new_path(FlowKey const& flow) {
    auto const index = static_cast<std::uint32_t>(paths_.size());
    auto const [first, is_new] = first_of_flow_.try_emplace(flow, index);
    next_of_flow_.push_back(is_new ? no_path : first->second);
    first->second = index;
    paths_.push_back({.flow = flow});
    return index;
}

void Evidence::widen(FlowPath& path, FlowObservation const& observation) {
    auto const common = std::min(path.hops.size(), observation.hops.size());
    for (std::size_t hop = 0; hop < common; ++hop) {
        NodeIndex& known = path.hops[hop].node;
        NodeIndex const seen = observation.hops[hop].node;
        if (known == silent_node || seen == silent_node || includes(known, seen)) continue;
        auto addresses = nodes_[known].addresses;
        addresses.insert(addresses.end(), nodes_[seen].addresses.begin(),
                         nodes_[seen].addresses.end());
        known = node(std::move(addresses));
    }
}

std::uint32_t Evidence::path_for(FlowObservation const& observation) {
    auto const first = first_of_flow_.find(observation.flow);
    if (first == first_of_flow_.end()) {
        auto const only = new_path(observation.flow);
        paths_[only].runs = 1;
        return only;
    }
    std::uint32_t best = no_path;
    std::uint32_t best_fit = 0;
    std::uint32_t latest = first->second;
    std::uint32_t empty = no_path;
    int count = 0;
    for (auto index = first->second; index != no_path; index = next_of_flow_[index], ++count) {
        FlowPath const& path = paths_[index];
        if (path.last_seen > paths_[latest].last_seen) latest = index;
        if (path.rounds == 0) empty = index;
        auto const found = fit(path, observation);
        if (!found) continue;
        bool const better = best == no_path || *found > best_fit ||
                            (*found == best_fit && path.last_seen > paths_[best].last_seen);
        if (!better) continue;
        best = index;
        best_fit = *found;
    }
    if (best == no_path && count >= most_paths_of_a_flow && empty == no_path) {
        best = latest;
        widen(paths_[best], observation);
    } else if (best == no_path && empty != no_path) {
        best = empty;
        paths_[best] = {.flow = observation.flow};
    } else if (best == no_path) {
        best = new_path(observation.flow);
    }
    if (best != latest || paths_[best].rounds == 0) ++paths_[best].runs;
    return best;
}

Evidence::Share Evidence::add(FlowObservation const& observation) {
    ++observations_;
    Share share{.path = path_for(observation), .hops = {}};
    FlowPath& path = paths_[share.path];
    if (path.rounds == 0) path.first_seen = observations_;
    path.last_seen = observations_;
    ++path.rounds;
    if (observation.reached && (!path.reached || path.hops.size() > observation.hops.size()))
        path.hops.resize(observation.hops.size());
    path.reached = path.reached || observation.reached;
    // A round that did not hear the target went on behind it: those packets say nothing.
    auto const count = path.reached && !path.hops.empty()
                           ? std::min(observation.hops.size(), path.hops.size())
                           : observation.hops.size();
    share.hops.assign(observation.hops.begin(),
                      observation.hops.begin() + static_cast<std::ptrdiff_t>(count));
    if (path.hops.size() < count) path.hops.resize(count);
    for (std::size_t hop = 0; hop < count; ++hop) {
        auto const& seen = share.hops[hop];
        HopCounts& sum = path.hops[hop];
        if (sum.node == silent_node) sum.node = seen.node;
        sum.sent += seen.sent;
        sum.answered += seen.answered;
    }
    path.scatter += scatter_of(share.hops);
    return share;
}

HopCounts const* Evidence::target_hop(Share const& share) const {
    FlowPath const& path = paths_[share.path];
    if (!path.reached || path.hops.empty() || share.hops.size() < path.hops.size()) return nullptr;
    auto const& hop = share.hops[path.hops.size() - 1];
    bool const only_target = path.hops.back().node == path.flow.target &&
                             (hop.node == silent_node || hop.node == path.flow.target);
    return only_target && hop.sent > 0 ? &hop : nullptr;
}

void Evidence::count(Share& share, std::uint32_t arrived) {
    FlowPath& path = paths_[share.path];
    path.scatter -= scatter_of(share.hops);
    share.hops.resize(path.hops.size());
    share.arrived = arrived;
    path.scatter += scatter_of(answering_hops(share));
    auto const& target = share.hops.back();
    path.hops.back().sent -= target.sent;
    path.hops.back().answered -= target.answered;
    ++path.counted.rounds;
    path.counted.sent += target.sent;
    path.counted.arrived += arrived;
    path.counted.scatter += square_share(arrived, target.sent);
}

void Evidence::uncount(Share& share) {
    if (!share.arrived) return;
    FlowPath& path = paths_[share.path];
    auto const& target = share.hops.back();
    take_arrivals_out(path.counted, share);
    path.scatter += scatter_of(share.hops) - scatter_of(answering_hops(share));
    share.arrived.reset();
    if (share.hops.size() > path.hops.size()) return;  // it has become shorter since
    path.hops[share.hops.size() - 1].sent += target.sent;
    path.hops[share.hops.size() - 1].answered += target.answered;
}

void Evidence::remove(Share const& share) {
    FlowPath& path = paths_[share.path];
    --path.rounds;
    auto const hops = answering_hops(share);
    auto const count = std::min(hops.size(), path.hops.size());
    for (std::size_t hop = 0; hop < count; ++hop) {
        path.hops[hop].sent -= hops[hop].sent;
        path.hops[hop].answered -= hops[hop].answered;
    }
    path.scatter = path.rounds == 0 ? 0 : path.scatter - scatter_of(hops);
    if (share.arrived) take_arrivals_out(path.counted, share);
}

void Evidence::remove(Receipt const& receipt) {
    for (auto const& share : receipt)
        remove(share);
}

}  // namespace dtrace::analysis
