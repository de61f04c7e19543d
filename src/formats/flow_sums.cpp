#include "answer_text.hpp"

#include <dtrace/formats/flow_sums.hpp>

#include <algorithm>

namespace dtrace::formats {

namespace {

/// Both ends of the link that answer stand in this order on the path.
bool crosses(std::vector<HopSums> const& hops, analysis::Link const& link) {
    auto const is = [](analysis::Place const& place) {
        return [&place](HopSums const& hop) { return analysis::is_at(hop.from, place); };
    };
    auto at = hops.begin();
    if (!link.from.addresses.empty()) {
        at = std::find_if(at, hops.end(), is(link.from));
        if (at == hops.end()) return false;
        ++at;
    }
    // A far end that never answers is only known to lie behind the near one.
    if (link.to.addresses.empty()) return true;
    if (std::find_if(at, hops.end(), is(link.to)) != hops.end()) return true;
    return at != hops.end() &&
           std::all_of(at, hops.end(), [](HopSums const& hop) { return hop.from.empty(); });
}

/// Silent hops are wild cards.
bool go_one_way(std::vector<HopSums> const& a, std::vector<HopSums> const& b) {
    for (std::size_t hop = 0; hop < std::min(a.size(), b.size()); ++hop)
        if (!a[hop].from.empty() && !b[hop].from.empty() && a[hop].from != b[hop].from)
            return false;
    return a.size() == b.size();
}

FlowSums sums_of(analysis::Evidence const& evidence, analysis::FlowPath const& path) {
    FlowSums sums{.port = analysis::flow_port(path.flow), .reached = path.reached, .hops = {}};
    for (auto const& hop : path.hops) {
        HopSums counts{.from = {}, .sent = hop.sent, .answered = hop.answered};
        if (hop.node != analysis::silent_node) counts.from = evidence.nodes()[hop.node].addresses;
        sums.hops.push_back(std::move(counts));
    }
    return sums;
}

}  // namespace

std::vector<FlowSums> flow_sums(analysis::Evidence const& evidence,
                                analysis::LossVerdict const& verdict) {
    std::vector<FlowSums> flows;
    for (auto const& path : evidence.paths())
        if (path.rounds > 0) flows.push_back(sums_of(evidence, path));
    std::ranges::stable_sort(flows, {}, &FlowSums::port);
    std::vector<std::size_t> firsts;  // of each path the first flow
    for (std::size_t i = 0; i < flows.size(); ++i) {
        auto& flow = flows[i];
        flow.suspect = std::ranges::any_of(verdict.culprits, [&](analysis::Culprit const& culprit) {
            return crosses(flow.hops, culprit.segment);
        });
        auto const known = std::ranges::find_if(
            firsts, [&](std::size_t first) { return go_one_way(flows[first].hops, flow.hops); });
        flow.path = static_cast<std::uint32_t>(known - firsts.begin());
        if (known == firsts.end()) firsts.push_back(i);
    }
    std::ranges::stable_sort(flows, {}, &FlowSums::path);
    return flows;
}

std::string hop_name(HopSums const& hop, HostNames const& names) {
    if (hop.from.empty()) return "?";
    std::string text;
    for (auto const& address : hop.from) {
        if (!text.empty()) text += '|';
        auto const name = names.find(address);
        text += name == names.end() ? to_text(address) : name->second;
    }
    return printable(text);
}

}  // namespace dtrace::formats
