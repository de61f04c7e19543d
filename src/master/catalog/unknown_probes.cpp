#include "catalog/unknown_probes.hpp"

#include <algorithm>
#include <iterator>

namespace dtrace::master {

std::vector<std::string> unknown_probes(LoginBook const& book,
                                        std::vector<std::string> const& names) {
    std::vector<std::string> unknown;
    std::ranges::copy_if(names, std::back_inserter(unknown),
                         [&](auto const& name) { return !book.contains(name); });
    return unknown;
}

std::optional<json::Fault> find_unknown_probe(LoginBook const& book,
                                              std::vector<std::string> const& names,
                                              std::vector<std::string> const& before) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (!book.contains(names[i]) && std::ranges::find(before, names[i]) == before.end())
            return json::Fault{"probes[" + std::to_string(i) + ']',
                               "there is no probe " + names[i]};
    return std::nullopt;
}

}  // namespace dtrace::master
