#include "loss/joint_fit.hpp"

#include "loss/golden_section.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace dtrace::analysis {

namespace {

constexpr int most_sweeps = 6;
/// So many links are adjusted once even when the search's work is spent.
constexpr std::size_t always_adjusted = 16;
constexpr double hardly_anything = 0.05;
/// Of so many responders beyond a link, what one says does not change what the link is taken to
/// lose: so an access among many is fitted by itself beside the links that all probes cross.
constexpr RowIndex least_shared = 50;

/// Gives a link the best loss within a factor of two of what it is, if that is better. By those
/// that hear it only: what others say is not changed by it.
void adjust(LossModel& model, std::size_t number) {
    auto const footprint = model.footprint_of(std::span(&number, 1));
    double const value = model.value(footprint);
    double const before = model.links()[number].loss;
    double const low = std::log(std::max(before / 2, least_loss));
    double const high = std::log(std::min(before * 2, most_loss));
    double const best = golden_section(low, high, 12, [&](double at) {
        model.change(number, std::exp(at));
        return model.value(footprint);
    });
    model.change(number, std::exp(best));
    if (model.value(footprint) <= value) model.change(number, before);
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
        for (std::size_t i = 0; i < numbers.size(); ++i)
            if (i < always_adjusted || !model.is_spent()) adjust(model, numbers[i]);
        value = model.value(footprint);
        bool const goes_on = value - begun >= hardly_anything && numbers.size() > 1;
        if (!goes_on || model.is_spent()) break;
    }
    return {.links = model.links(), .gain = value - at_first};
}

double advantage(LossModel& model, std::vector<LossyLink> const& one,
                 std::vector<LossyLink> const& other) {
    auto const kind = [&](LinkIndex link) { return model.table().is_access(link) ? 1U : 0U; };
    auto all = one;
    std::vector<double> losses(one.size(), 0);
    double gain = 0;
    std::array<std::size_t, 2> given_up{};  // by kind: those common to both, and so many more
    for (auto const& lossy : other) {
        auto const known = std::ranges::find(one, lossy.link, &LossyLink::link);
        if (known != one.end()) {
            losses[static_cast<std::size_t>(known - one.begin())] = lossy.loss;
            ++given_up[kind(lossy.link)];
            continue;
        }
        all.push_back({lossy.link, 0});
        losses.push_back(lossy.loss);
    }
    auto taken = given_up;
    for (std::size_t number = 0; number < one.size(); ++number) {
        auto const link = one[number].link;
        if (std::ranges::find(other, link, &LossyLink::link) == other.end())
            gain += model.price(model.footprint(link), given_up[kind(link)]++);
    }
    for (auto number = one.size(); number < all.size(); ++number)
        gain -= model.price(model.footprint(all[number].link), taken[kind(all[number].link)]++);
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
    std::vector<bool> beyond(table.cells().size(), false);
    for (auto const crossing : table.crossings(link))
        for (RowIndex row = crossing; row < table.class_of(crossing).end; ++row)
            if (table.rows()[row].cell != no_cell) beyond[table.rows()[row].cell] = true;
    auto const is_shared = [&](LinkIndex other) {
        RowIndex all = 0;
        for (auto const crossing : table.crossings(other))
            all += table.class_of(crossing).end - crossing;
        RowIndex wanted = all / least_shared + 1;
        for (auto const crossing : table.crossings(other))
            for (RowIndex row = crossing; row < table.class_of(crossing).end; ++row) {
                auto const cell = table.rows()[row].cell;
                if (cell != no_cell && beyond[cell] && --wanted == 0) return true;
            }
        return false;
    };
    std::vector<std::size_t> numbers;
    for (std::size_t number = 0; number < links.size(); ++number)
        if (is_shared(links[number].link)) numbers.push_back(number);
    return numbers;
}

}  // namespace dtrace::analysis
