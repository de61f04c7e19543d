#include "joint_fit.hpp"

#include <algorithm>

namespace dtrace::analysis {

namespace {

constexpr int most_sweeps = 5;
constexpr double hardly_anything = 0.05;

}  // namespace

std::vector<LossyLink> without(std::vector<LossyLink> links, std::size_t number) {
    links.erase(links.begin() + static_cast<std::ptrdiff_t>(number));
    return links;
}

JointFit fit_jointly(LossModel& model, std::vector<LossyLink> links,
                     std::span<std::size_t const> numbers) {
    JointFit fit{.links = std::move(links)};
    for (int sweep = 0; sweep < most_sweeps; ++sweep) {
        double gained = 0;
        for (auto const number : numbers) {
            auto& lossy = fit.links[number];
            model.assume(without(fit.links, number));
            auto const footprint = model.footprint(lossy.link);
            double const loss = model.refine(footprint, lossy.loss);
            double const gain =
                model.weigh_at(footprint, loss).odds - model.weigh_at(footprint, lossy.loss).odds;
            if (gain <= 0) continue;
            lossy.loss = loss;
            gained += gain;
        }
        fit.gain += gained;
        if (gained < hardly_anything || numbers.size() < 2) break;
    }
    return fit;
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
