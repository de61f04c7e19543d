#include "joint_fit.hpp"

#include "golden_section.hpp"

#include <algorithm>
#include <cmath>

namespace dtrace::analysis {

namespace {

constexpr int most_sweeps = 6;
constexpr double hardly_anything = 0.05;

/// The best loss of one link within a factor of two of what it is, if that is better.
double adjust(LossModel& model, Footprint const& footprint, std::size_t number, double value) {
    double const before = model.links()[number].loss;
    double const low = std::log(std::max(before / 2, least_loss));
    double const high = std::log(std::min(before * 2, most_loss));
    double const best = golden_section(low, high, 12, [&](double at) {
        model.change(number, std::exp(at));
        return model.value(footprint);
    });
    model.change(number, std::exp(best));
    double const after = model.value(footprint);
    if (after > value) return after;
    model.change(number, before);
    return value;
}

}  // namespace

std::vector<LossyLink> without(std::vector<LossyLink> links, std::size_t number) {
    links.erase(links.begin() + static_cast<std::ptrdiff_t>(number));
    return links;
}

JointFit fit_jointly(LossModel& model, std::vector<LossyLink> before,
                     std::vector<LossyLink> const& links, std::span<std::size_t const> numbers) {
    if (numbers.empty()) return {links};
    model.assume(std::move(before));
    auto const footprint = model.footprint_of(numbers);
    double const at_first = model.value(footprint);
    for (auto const number : numbers)
        model.change(number, links[number].loss);
    double value = model.value(footprint);
    for (int sweep = 0; sweep < most_sweeps; ++sweep) {
        double const begun = value;
        for (auto const number : numbers)
            value = adjust(model, footprint, number, value);
        if (value - begun < hardly_anything || numbers.size() < 2) break;
    }
    return {.links = model.links(), .gain = value - at_first};
}

std::vector<std::size_t> sharing_routes(EvidenceTable const& table,
                                        std::vector<LossyLink> const& links, LinkIndex link) {
    std::vector<RowIndex> routes;  // by their first row
    for (auto const crossing : table.crossings(link))
        routes.push_back(table.class_of(crossing).begin);
    std::ranges::sort(routes);
    std::vector<std::size_t> numbers;
    for (std::size_t number = 0; number < links.size(); ++number) {
        bool const shared =
            std::ranges::any_of(table.crossings(links[number].link), [&](RowIndex crossing) {
                return std::ranges::binary_search(routes, table.class_of(crossing).begin);
            });
        if (shared) numbers.push_back(number);
    }
    return numbers;
}

}  // namespace dtrace::analysis
