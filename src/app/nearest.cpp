#include "nearest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace dtrace::app {

namespace {

/// Levenshtein's distance, one row at a time.
std::size_t distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < to.size(); ++j) {
            auto const replaced = diagonal + (from[i] == to[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

}  // namespace

std::optional<std::string> nearest(std::string_view given,
                                   std::vector<std::string> const& candidates) {
    auto const best = std::ranges::min_element(
        candidates, {}, [&](std::string const& name) { return distance(given, name); });
    if (best == candidates.end() || given.size() > 100) return std::nullopt;
    bool const begun = given.size() >= 2 && best->starts_with(given);
    if (!begun && distance(given, *best) > std::max<std::size_t>(1, best->size() / 3))
        return std::nullopt;
    return *best;
}

}  // namespace dtrace::app
