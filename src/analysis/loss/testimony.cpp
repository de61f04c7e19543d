#include "loss/testimony.hpp"

#include "evidence/index_map.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace dtrace::analysis {

double Testimony::deficit() const {
    if (arriving <= 0) return 0;
    // Against the variance at the observed share: at a share of 1 there would be none.
    double const share = (answered + 0.5) / (sent + 1);
    return (arriving - answered) / std::sqrt(dispersion * sent * share * (1 - share));
}

std::vector<Testimony> testimonies(LossModel const& model) {
    auto const& table = model.table();
    std::vector<Testimony> found(table.links().size());
    auto const quality = [&](RowIndex row) {
        auto const cell = table.rows()[row].cell;
        if (cell == no_cell || table.rows()[row].sent == 0) return -1.0;
        auto const& counts = table.cells()[cell];
        return counts.sent > 0 ? counts.answered / counts.sent : -1.0;
    };
    for (auto const& pathclass : table.classes()) {
        RowIndex best = pathclass.end;
        double best_quality = 0;
        for (RowIndex index = pathclass.end; index-- > pathclass.begin;) {
            double const here = quality(index);
            if (here > best_quality) {
                best = index;
                best_quality = here;
            }
            if (best == pathclass.end) continue;
            Row const& row = table.rows()[best];
            auto const tell = [&](Testimony& sum) {
                sum.sent += row.sent;
                sum.answered += row.answered;
                sum.arriving += row.sent * model.passing(best);
                sum.dispersion = std::max(sum.dispersion, table.cells()[row.cell].dispersion);
            };
            tell(found[table.rows()[index].link]);
            if (index == pathclass.begin) tell(found[pathclass.probe]);
        }
    }
    return found;
}

std::vector<LossyLink> steps_down(LossModel const& model, std::size_t most) {
    constexpr double least_step = 2.5;  // standard deviations
    auto const& table = model.table();
    auto const said = testimonies(model);
    // What arrives at a node: as much as it answers, or as anybody behind it does.
    std::vector<Testimony> at;
    auto const node = [&](VertexIndex vertex) -> Testimony& {
        if (vertex >= at.size()) at.resize(vertex + 1);
        return at[vertex];
    };
    for (auto const& cell : table.cells()) {
        node(cell.vertex).sent += cell.sent;
        node(cell.vertex).answered += cell.answered;
    }
    std::vector<double> arrives;
    for (auto const& counts : at)
        arrives.push_back(counts.sent > 0 ? counts.answered / counts.sent : 0);
    for (LinkIndex link = 0; link < said.size(); ++link) {
        auto const [from, to] = table.links()[link];
        arrives.resize(std::max<std::size_t>(arrives.size(), std::max(from, to) + 1), 0);
        if (table.is_access(link)) arrives[from] = 1;
        if (said[link].sent > 0)
            arrives[from] = std::max(arrives[from], said[link].answered / said[link].sent);
    }
    std::vector<std::pair<double, LossyLink>> steps;
    for (LinkIndex link = 0; link < said.size(); ++link) {
        auto const& counts = said[link];
        double const before = arrives[table.links()[link].from];
        if (table.is_access(link) || counts.sent <= 0 || before <= 0) continue;
        double const share = (counts.answered + 0.5) / (counts.sent + 1);
        double const deviation = std::sqrt(counts.dispersion * share * (1 - share) / counts.sent);
        double const step = (before - share) / deviation;
        if (step >= least_step) steps.push_back({step, {link, 1 - share / before}});
    }
    std::ranges::stable_sort(steps, std::ranges::greater{},
                             [](auto const& step) { return step.first; });
    if (steps.size() > most) steps.resize(most);
    std::vector<LossyLink> links;
    for (auto const& step : steps)
        links.push_back(step.second);
    return links;
}

std::vector<std::uint32_t> equivalence(EvidenceTable const& table) {
    std::vector<std::uint64_t> shadow(table.links().size(), 0);
    for (auto const& pathclass : table.classes()) {
        std::uint64_t beyond = 0;
        for (RowIndex index = pathclass.end; index-- > pathclass.begin;) {
            Row const& row = table.rows()[index];
            bool const speaks =
                row.cell != no_cell && row.sent > 0 && table.cells()[row.cell].answered > 0;
            if (speaks) {
                std::uint64_t hash = (index + 1) * 0x9E37'79B9'7F4A'7C15u;
                hash = (hash ^ hash >> 31) * 0xBF58'476D'1CE4'E5B9u;
                beyond += hash ^ hash >> 29;
            }
            shadow[row.link] += beyond;
            if (index == pathclass.begin) shadow[pathclass.probe] += beyond;
        }
    }
    IndexMap index(table.links().size());
    std::vector<std::uint32_t> numbers;
    numbers.reserve(shadow.size());
    for (auto const hash : shadow)
        numbers.push_back(index.index_of(hash).index);
    return numbers;
}

}  // namespace dtrace::analysis
