#include "loss_model.hpp"

#include <algorithm>
#include <cmath>

namespace dtrace::analysis {

namespace {

/// Price of a level below 1, beside its number: access links are seldom lossy.
constexpr double rarity = 4;
constexpr double usual_reluctance = 2.2;
/// A level is what at least so many responders have in common.
constexpr int fewest_witnesses = 2;
constexpr std::size_t most_guesses = 24;

struct Heard {
    double share;
    double sent;
    double answered;
};

}  // namespace

double LossModel::best_level(std::vector<CellIndex> const& cells) const {
    std::vector<std::vector<Arrivals>> groups;
    std::vector<Heard> heard;
    double sent = 0;
    for (auto const cell : cells) {
        groups.push_back(arrivals(cell));
        double reached = 0;
        for (auto const& group : groups.back())
            reached += group.sent * group.passing;
        double const answered = table_.cells()[cell].answered;
        if (reached > 0) heard.push_back({answered / reached, reached, answered});
        sent += reached;
    }
    auto const value_at = [&](double level) {
        double value = 0;
        int full = 0;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            auto const found = accounts_of(
                groups[i], {.level = level, .dispersion = table_.cells()[cells[i]].dispersion});
            bool const is_full = found.is_full(usual_reluctance);
            full += is_full ? 1 : 0;
            value += is_full ? found.full : found.reluctant - usual_reluctance;
        }
        return level == 1 || full >= fewest_witnesses ? value : -1e300;
    };
    // The best responders set the level: their counts together are the guesses.
    std::ranges::stable_sort(heard, std::ranges::greater{}, &Heard::share);
    double best = 1;
    double best_value = value_at(1) + price_of_number(sent) + rarity;
    double sum_sent = 0;
    double sum_answered = 0;
    for (std::size_t i = 0, next = 0; i < heard.size(); ++i) {
        sum_sent += heard[i].sent;
        sum_answered += heard[i].answered;
        if (i < next && i + 1 < heard.size()) continue;
        next = i + 1 + i / (most_guesses / 4);
        double const level = std::min(1.0, sum_answered / sum_sent);
        if (level >= 1 || level <= 0) continue;
        double const value = value_at(level);
        if (value <= best_value) continue;
        best_value = value;
        best = level;
    }
    return best;
}

void LossModel::fit_levels() {
    std::vector<std::vector<CellIndex>> cells_of_probe(levels_.size());
    std::vector<bool> misses(levels_.size(), true);
    for (CellIndex cell = 0; cell < table_.cells().size(); ++cell) {
        auto const& counts = table_.cells()[cell];
        if (counts.answered <= 0) continue;
        cells_of_probe[counts.probe].push_back(cell);
        // Somebody is heard in full: so is the probe.
        if (counts.answered >= counts.sent && counts.sent >= 1000) misses[counts.probe] = false;
    }
    for (ProbeIndex probe = 0; probe < levels_.size(); ++probe)
        levels_[probe] = misses[probe] ? best_level(cells_of_probe[probe]) : 1;
    std::ranges::fill(reluctant_, std::int8_t{-1});
}

}  // namespace dtrace::analysis
