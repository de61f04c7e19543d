#include "answer_text.hpp"

#include <dtrace/analysis/crossing.hpp>
#include <dtrace/formats/flow_sums.hpp>

#include <algorithm>

namespace dtrace::formats {

namespace {

/// Silent hops are wild cards.
bool go_one_way(std::vector<HopSums> const& a, std::vector<HopSums> const& b) {
    for (std::size_t hop = 0; hop < std::min(a.size(), b.size()); ++hop)
        if (!a[hop].from.empty() && !b[hop].from.empty() && a[hop].from != b[hop].from)
            return false;
    return a.size() == b.size();
}

FlowSums sums_of(analysis::Evidence const& evidence, analysis::FlowPath const& path,
                 std::vector<analysis::Crossing> const& culprits) {
    FlowSums sums{.port = analysis::flow_port(path.flow), .reached = path.reached, .hops = {}};
    sums.suspect = std::ranges::any_of(culprits, [&](analysis::Crossing const& culprit) {
        return culprit.crosses(path) || culprit.ends_before(path);
    });
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
    std::vector<analysis::Crossing> culprits;
    for (auto const& culprit : verdict.culprits)
        culprits.emplace_back(evidence, culprit);
    std::vector<FlowSums> flows;
    for (auto const& path : evidence.paths())
        if (path.rounds > 0) flows.push_back(sums_of(evidence, path, culprits));
    std::ranges::stable_sort(flows, {}, &FlowSums::port);
    std::vector<std::size_t> firsts;  // of each path the first flow
    for (std::size_t i = 0; i < flows.size(); ++i) {
        auto& flow = flows[i];
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
