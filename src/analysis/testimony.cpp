#include "testimony.hpp"

#include "index_map.hpp"

#include <algorithm>
#include <cmath>

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
