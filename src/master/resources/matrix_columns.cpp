#include "resources/views_matrix.hpp"

#include <algorithm>
#include <map>

namespace dtrace::master {

namespace {

/// Two rounds: soon enough, and not one unlucky packet.
constexpr std::size_t rounds_counted = 2;

std::uint32_t marks_of(MatrixCell const& cell) {
    std::uint32_t marks = 0;
    if (cell.reached) marks |= mark_reached;
    if (cell.changed) marks |= mark_changed;
    if (cell.rtt_us && cell.rtt_before_us) {
        std::uint64_t const now = *cell.rtt_us;
        std::uint64_t const before = *cell.rtt_before_us;
        if (now * 5 > before * 6) marks |= mark_slower;
        if (now * 5 < before * 4) marks |= mark_faster;
    }
    return marks;
}

void add_cell(MatrixColumns& columns, MatrixCell const& cell) {
    std::uint32_t sent = 0;
    std::uint32_t answered = 0;
    for (std::size_t i = 0; i < std::min(rounds_counted, cell.rounds.size()); ++i) {
        sent += cell.rounds[i].sent;
        answered += cell.rounds[i].answered;
    }
    auto const age = std::chrono::duration_cast<seconds>(columns.newest - cell.started_at).count();
    columns.age_s.push_back(static_cast<std::uint32_t>(age));
    columns.sent.push_back(sent);
    columns.lost.push_back(sent - std::min(sent, answered));
    columns.rtt_us.push_back(cell.rtt_us.value_or(0));
    columns.marks.push_back(marks_of(cell));
}

}  // namespace

MatrixColumns columns_of(std::vector<MatrixCell> const& cells) {
    MatrixColumns columns;
    std::map<std::string, std::uint32_t> probes;
    std::map<Uuid, std::uint32_t> measurements;
    for (auto const& cell : cells)
        columns.newest = std::max(columns.newest, cell.started_at);
    for (auto const& cell : cells) {
        auto const [probe, new_probe] =
            probes.emplace(cell.probe, static_cast<std::uint32_t>(columns.probes.size()));
        if (new_probe) columns.probes.push_back(cell.probe);
        auto const [measurement, new_measurement] = measurements.emplace(
            cell.measurement, static_cast<std::uint32_t>(columns.measurements.size()));
        if (new_measurement) columns.measurements.push_back(cell.measurement);
        columns.probe.push_back(probe->second);
        columns.measurement.push_back(measurement->second);
        add_cell(columns, cell);
    }
    return columns;
}

}  // namespace dtrace::master
