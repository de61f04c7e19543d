#include "loss/loss_bound.hpp"

#include <dtrace/analysis/interval.hpp>

#include <algorithm>

namespace dtrace::analysis {

double Crossed::upper_limit(double error) const {
    double const lost = std::max(0.0, arriving - answered);
    return analysis::upper_limit(lost / dispersion, arriving / dispersion, error);
}

std::vector<Crossed> crossed(LossModel& model) {
    auto const& table = model.table();
    auto const said = testimonies(model);
    std::vector<Crossed> found(table.links().size());
    for (auto const& pathclass : table.classes()) {
        Crossed beyond;
        for (RowIndex index = pathclass.end; index-- > pathclass.begin;) {
            Row const& row = table.rows()[index];
            if (row.cell != no_cell && row.sent > 0 && !model.reluctant(row.cell)) {
                beyond.sent += row.sent;
                beyond.arriving += row.sent * model.passing(index);
                beyond.answered += row.answered;
                beyond.dispersion = std::max(beyond.dispersion, table.cells()[row.cell].dispersion);
            }
            auto const add_to = [&](Crossed& sum) {
                if (!pathclass.counted) sum.flows += pathclass.flows;
                sum.sent += beyond.sent;
                sum.arriving += beyond.arriving;
                sum.answered += beyond.answered;
                sum.dispersion = std::max(sum.dispersion, beyond.dispersion);
            };
            add_to(found[row.link]);
            if (index == pathclass.begin) add_to(found[pathclass.probe]);
        }
    }
    for (LinkIndex link = 0; link < found.size(); ++link) {
        if (found[link].sent > 0 || said[link].sent <= 0) continue;
        found[link].sent = said[link].sent;
        found[link].arriving = said[link].arriving;
        found[link].answered = said[link].answered;
        found[link].dispersion = said[link].dispersion;
    }
    return found;
}

}  // namespace dtrace::analysis
