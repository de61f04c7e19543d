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
        bool const goes_on = value - begun >= hardly_anything && numbers.size() > 1;
        if (!goes_on || model.is_spent()) break;
    }
    return {.links = model.links(), .gain = value - at_first};
}

double advantage(LossModel& model, std::vector<LossyLink> const& one,
                 std::vector<LossyLink> const& other) {
    auto all = one;
    std::vector<double> losses(one.size(), 0);
    double gain = 0;
    std::size_t given_up = 0;
    std::size_t taken = 0;
    for (auto const& lossy : other) {
        auto const known = std::ranges::find(one, lossy.link, &LossyLink::link);
        if (known != one.end()) {
            losses[static_cast<std::size_t>(known - one.begin())] = lossy.loss;
            continue;
        }
        all.push_back({lossy.link, 0});
        losses.push_back(lossy.loss);
    }
    auto const common = one.size() + other.size() - all.size();
    for (std::size_t number = 0; number < one.size(); ++number) {
        auto const link = one[number].link;
        if (std::ranges::find(other, link, &LossyLink::link) == other.end())
            gain += model.price(model.footprint(link), common + given_up++);
    }
    for (auto number = one.size(); number < all.size(); ++number)
        gain -= model.price(model.footprint(all[number].link), common + taken++);
    std::vector<std::size_t> differing;
    for (std::size_t number = 0; number < all.size(); ++number)
        if (losses[number] != all[number].loss) differing.push_back(number);
    model.assume(std::move(all));
    auto const footprint = model.footprint_of(differing);
    gain -= model.value(footprint);
    for (auto const number : differing)
        model.change(number, losses[number]);
    return gain + model.value(footprint);
}

std::vector<std::size_t> sharing_witnesses(EvidenceTable const& table,
                                           std::vector<LossyLink> const& links, LinkIndex link) {
    auto const any_beyond = [&](LinkIndex of, auto const& is_wanted) {
        return std::ranges::any_of(table.crossings(of), [&](RowIndex crossing) {
            for (RowIndex row = crossing; row < table.class_of(crossing).end; ++row)
                if (table.rows()[row].cell != no_cell && is_wanted(table.rows()[row].cell))
                    return true;
            return false;
        });
    };
    std::vector<bool> beyond(table.cells().size(), false);
    any_beyond(link, [&](CellIndex cell) {
        beyond[cell] = true;
        return false;
    });
    std::vector<std::size_t> numbers;
    for (std::size_t number = 0; number < links.size(); ++number)
        if (any_beyond(links[number].link, [&](CellIndex cell) { return beyond[cell]; }))
            numbers.push_back(number);
    return numbers;
}

}  // namespace dtrace::analysis
