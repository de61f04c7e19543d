#include <dtrace/analysis/loss_verdict.hpp>

#include <algorithm>

namespace dtrace::analysis {

bool is_silent(Place const& place) {
    return !place.probe && place.addresses.empty();
}

bool is_at(std::vector<IpAddress> const& answering, Place const& place) {
    auto const is_there = [&](IpAddress const& address) {
        return std::ranges::find(place.addresses, address) != place.addresses.end();
    };
    return !answering.empty() && std::ranges::all_of(answering, is_there);
}

std::string describe(Place const& place) {
    if (place.probe) return place.probe->empty() ? "this host" : "probe " + *place.probe;
    if (is_silent(place)) return "*";
    std::string text;
    for (auto const& address : place.addresses) {
        if (!text.empty()) text += '|';
        text += to_text(address);
    }
    return text;
}

std::string describe(Link const& link) {
    return describe(link.from) + " → " + describe(link.to);
}

std::string describe(Culprit const& culprit) {
    return (culprit.access ? "access link " : "") + describe(culprit.segment);
}

}  // namespace dtrace::analysis
