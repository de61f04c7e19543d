#include "watch/router_names.hpp"

#include <utility>

namespace dtrace::master {

void RouterNames::want(std::span<analysis::Link const> links) {
    std::map<IpAddress, std::string> wanted;
    for (auto const& link : links)
        for (auto const* place : {&link.from, &link.to})
            for (auto const& address : place->addresses) {
                auto const known = names_.find(address);
                wanted.emplace(address, known == names_.end() ? std::string() : known->second);
            }
    names_ = std::move(wanted);
}

void RouterNames::learn(Trace const& trace) {
    if (names_.empty()) return;
    for (auto const& path : trace.paths)
        for (auto const& hop : path.hops)
            for (auto const& answer : hop.answers) {
                if (!answer.name) continue;
                auto const wanted = names_.find(answer.from);
                if (wanted != names_.end()) wanted->second = *answer.name;
            }
}

std::map<std::string, std::string> RouterNames::of(analysis::Link const& link) const {
    std::map<std::string, std::string> names;
    for (auto const* place : {&link.from, &link.to})
        for (auto const& address : place->addresses) {
            auto const known = names_.find(address);
            if (known != names_.end() && !known->second.empty())
                names.emplace(to_text(address), known->second);
        }
    return names;
}

}  // namespace dtrace::master
