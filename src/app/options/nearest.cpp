#include "options/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace dtrace::app {

namespace {

/// Letters to change, add, remove or swap with their neighbour (Damerau's distance, restricted to
/// one edit per letter).
std::size_t distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> before_last;
    std::vector<std::size_t> last;
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 1; i <= from.size(); ++i) {
        before_last = std::exchange(last, row);
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            auto const replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
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
