#pragma once

#include "catalog/selection.hpp"

#include <string>
#include <utility>
#include <vector>

namespace dtrace::test {

/// Probes without tags and addresses.
inline std::vector<master::BoardProbe> board_probes(std::vector<std::string> names) {
    std::vector<master::BoardProbe> probes;
    for (auto& name : names)
        probes.push_back({.name = std::move(name), .tags = {}, .address = std::nullopt});
    return probes;
}

}  // namespace dtrace::test
