#include "metrics/latest_figures.hpp"

namespace dtrace::master {

namespace {

std::optional<double> loss_of(RoundCount const& round) {
    if (round.sent == 0) return std::nullopt;
    return 1 - static_cast<double>(round.answered) / round.sent;
}

}  // namespace

LatestFigures::LatestFigures(std::map<Uuid, std::string> const& measurements, std::size_t most)
    : most_(most) {
    for (auto const& [id, name] : measurements) {
        places_.emplace(id, measurements_.size());
        measurements_.push_back({to_text(id), name});
    }
}

void LatestFigures::add(std::vector<MatrixCell> const& cells) {
    for (auto const& cell : cells) {
        auto const place = places_.find(cell.measurement);
        if (place == places_.end()) continue;  // no longer wanted
        if (rows_.size() == most_) {
            ++left_out_;
            continue;
        }
        if (probes_.empty() || probes_.back() != cell.probe) probes_.push_back(cell.probe);
        rows_.push_back({.probe = probes_.size() - 1,
                         .measurement = place->second,
                         .started_at = cell.started_at,
                         .reached = cell.reached,
                         .loss = cell.rounds.empty() ? std::nullopt : loss_of(cell.rounds.front()),
                         .rtt_us = cell.rtt_us});
    }
}

}  // namespace dtrace::master
