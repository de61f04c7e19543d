#include <dtrace/analysis/crossing.hpp>

#include <algorithm>

namespace dtrace::analysis {

namespace {

template <class Value>
void make_set(std::vector<Value>& values) {
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

template <class Value>
bool has(std::vector<Value> const& set, Value const& value) {
    return std::ranges::binary_search(set, value);
}

}  // namespace

Crossing::Crossing(Evidence const& evidence, Culprit const& culprit)
    : first_probe_(static_cast<Vertex>(evidence.nodes().size())) {
    if (culprit.access) {
        auto const probe = at(evidence, {.addresses = {}, .probe = culprit.access, .silent = {}});
        access_probe_ = probe.empty() ? silent_node : probe.front();
        return;
    }
    for (auto const& link : culprit.links)
        add(evidence, link);
    from_ = at(evidence, culprit.segment.from);
    to_ = at(evidence, culprit.segment.to);
    make_set(links_);
    for (auto* const set : {&near_, &into_silence_, &out_of_silence_, &from_, &to_})
        make_set(*set);
}

Crossing::Vertices Crossing::at(Evidence const& evidence, Place const& place) const {
    Vertices found;
    if (place.probe) {
        auto const& probes = evidence.probes();
        auto const probe = std::ranges::find(probes, *place.probe);
        if (probe != probes.end())
            found.push_back(first_probe_ + static_cast<Vertex>(probe - probes.begin()));
        return found;
    }
    if (is_silent(place)) return found;
    for (NodeIndex node = 0; node < evidence.nodes().size(); ++node)
        if (is_at(evidence.nodes()[node].addresses, place)) found.push_back(node);
    return found;
}

void Crossing::add(Evidence const& evidence, Link const& link) {
    auto const near = at(evidence, link.from);
    auto const far = at(evidence, link.to);
    near_.insert(near_.end(), near.begin(), near.end());
    if (is_silent(link.to)) into_silence_.insert(into_silence_.end(), near.begin(), near.end());
    if (is_silent(link.from)) out_of_silence_.insert(out_of_silence_.end(), far.begin(), far.end());
    for (auto const from : near)
        for (auto const to : far)
            links_.emplace_back(from, to);
}

bool Crossing::crosses_silence(Vertex near, Vertex far) const {
    if (has(from_, near) && has(to_, far)) return true;
    if (into_silence_.empty() && out_of_silence_.empty()) return false;
    bool const goes_in = into_silence_.empty() || has(into_silence_, near);
    return goes_in && (out_of_silence_.empty() || far == silent_node || has(out_of_silence_, far));
}

bool Crossing::crosses(FlowPath const& path) const {
    Vertex near = first_probe_ + path.flow.probe;
    if (access_probe_) return near == *access_probe_;
    bool silence = false;
    for (auto const& hop : path.hops) {
        if (hop.node == silent_node) {
            silence = true;
            continue;
        }
        if (silence ? crosses_silence(near, hop.node) : has(links_, {near, hop.node})) return true;
        near = hop.node;
        silence = false;
    }
    return silence && !into_silence_.empty() && crosses_silence(near, silent_node);
}

bool Crossing::ends_before(FlowPath const& path) const {
    if (path.hops.empty() || path.hops.back().node != silent_node) return false;
    auto const heard = std::find_if(path.hops.rbegin(), path.hops.rend(),
                                    [](auto const& hop) { return hop.node != silent_node; });
    return has(near_, heard == path.hops.rend() ? first_probe_ + path.flow.probe : heard->node);
}

}  // namespace dtrace::analysis
