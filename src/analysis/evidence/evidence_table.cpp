#include "evidence/evidence_table.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace dtrace::analysis {

namespace {

/// This many degrees of freedom of ordinary variation are believed before anything is seen.
constexpr double prior_degrees = 4;
/// Fewer could not tell counts that vary too little.
constexpr double enough_degrees = 40;

/// In the key of a cell: no probe has so high a number.
constexpr std::uint64_t of_arrivals = std::uint64_t{1} << 63;

/// Beyond so many rows, several of a cell are one group.
constexpr std::uint32_t most_groups = 32;

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
    hash = (hash ^ value) * 0x9E37'79B9'7F4A'7C15u;
    return hash ^ hash >> 32;
}

/// At least 1; few degrees of freedom, or few packets lost, count little.
double dispersion_of(double seen, double expected, double degrees) {
    if (expected <= 0 || degrees <= 0) return 1;
    double const ratio = seen / expected;
    return std::max(1.0, (ratio * degrees + prior_degrees) / (degrees + prior_degrees));
}

/// Within three standard deviations of what is expected.
bool is_ordinary(double seen, double expected, double degrees) {
    return expected > 0 && degrees > 0 &&
           std::abs(seen / expected - 1) <= 3 * std::sqrt(2 / degrees);
}

}  // namespace

EvidenceTable::EvidenceTable(Evidence const& evidence)
    : evidence_(evidence), routes_(evidence), class_index_(evidence.paths().size()) {
    for (ProbeIndex probe = 0; probe < evidence.probes().size(); ++probe) {
        auto const vertex = routes_.vertex_of_probe(probe);
        link_index_.index_of(std::uint64_t{vertex} << 32 | vertex);
        links_.push_back({vertex, vertex});
    }
    routes_.each([&](Route const& route) { add(route); });
    measure_dispersion();
    index_crossings();
    form_groups();
}

std::uint64_t EvidenceTable::read_links(Route const& route) {
    route_links_.clear();
    std::uint64_t hash = mix(mix(0, route.flow.probe), route.flow.target);
    VertexIndex near = routes_.vertex_of_probe(route.flow.probe);
    for (auto const& stop : route.stops) {
        auto const [index, is_new] = link_index_.index_of(std::uint64_t{near} << 32 | stop.vertex);
        if (is_new) links_.push_back({near, stop.vertex});
        route_links_.push_back(index);
        hash = mix(hash, index);
        near = stop.vertex;
    }
    return mix(hash, (route.reached ? 1 : 0) + (route.counted ? 2 : 0));
}

void EvidenceTable::add(Route const& route) {
    std::uint64_t hash = read_links(route);
    // Different routes with one hash: the next one is tried.
    for (;; hash = mix(hash, 1)) {
        auto const [index, is_new] = class_index_.index_of(hash);
        if (is_new) begin_class(route);
        auto& known = classes_[index];
        bool const same =
            known.probe == route.flow.probe && known.target == route.flow.target &&
            known.reached == route.reached && known.counted == route.counted &&
            known.end - known.begin == route_links_.size() &&
            std::equal(route_links_.begin(), route_links_.end(), rows_.begin() + known.begin,
                       [](LinkIndex link, Row const& row) { return link == row.link; });
        if (!same) continue;
        ++known.flows;
        add_counts(route, known);
        return;
    }
}

void EvidenceTable::begin_class(Route const& route) {
    PathClass pathclass{.begin = static_cast<RowIndex>(rows_.size()),
                        .flows = 0,
                        .probe = route.flow.probe,
                        .target = route.flow.target,
                        .reached = route.reached,
                        .counted = route.counted};
    for (std::size_t stop = 0; stop < route.stops.size(); ++stop) {
        Row row{.link = route_links_[stop]};
        if (!route.stops[stop].silent) {
            auto const vertex = route.stops[stop].vertex;
            auto const [cell, is_new] = cell_index_.index_of(
                std::uint64_t{route.flow.probe} << 32 | vertex | (route.counted ? of_arrivals : 0));
            if (is_new)
                cells_.push_back(
                    {.probe = route.flow.probe, .vertex = vertex, .counted = route.counted});
            row.cell = cell;
        }
        rows_.push_back(row);
        squares_.push_back(0);
        class_of_row_.push_back(static_cast<std::uint32_t>(classes_.size()));
    }
    pathclass.end = static_cast<RowIndex>(rows_.size());
    classes_.push_back(pathclass);
    between_rounds_.emplace_back();
}

void EvidenceTable::add_counts(Route const& route, PathClass const& pathclass) {
    double sent = 0;
    double answered = 0;
    double variance = 0;
    for (std::size_t stop = 0; stop < route.stops.size(); ++stop) {
        auto const& counts = route.stops[stop];
        Row& row = rows_[pathclass.begin + stop];
        row.sent += counts.sent;
        row.answered += counts.answered;
        if (counts.silent || counts.sent == 0) continue;
        double const n = counts.sent;
        double const k = counts.answered;
        squares_[pathclass.begin + stop] += k * k / n;
        cells_[row.cell].sent += n;
        cells_[row.cell].answered += k;
        sent += n;
        answered += k;
        variance += k * (n - k) / n;
    }
    if (route.rounds < 2 || sent == 0) return;
    auto& rounds = between_rounds_[static_cast<std::size_t>(&pathclass - classes_.data())];
    double const degrees = route.rounds - 1.0;
    rounds.seen += std::max(0.0, route.scatter - answered * answered / sent);
    rounds.expected += degrees * variance / sent;
    rounds.degrees += std::min(degrees, sent - answered);
}

void EvidenceTable::measure_dispersion() {
    std::vector<Variance> flows(cells_.size());
    std::vector<Variance> rounds(cells_.size());
    for (std::size_t index = 0; index < classes_.size(); ++index) {
        auto const& pathclass = classes_[index];
        for (RowIndex at = pathclass.begin; at < pathclass.end; ++at) {
            Row const& row = rows_[at];
            if (row.cell == no_cell || row.answered == row.sent || row.answered == 0) continue;
            double const n = row.sent;
            double const k = row.answered;
            double const degrees = pathclass.flows - 1.0;
            auto& between = flows[row.cell];
            between.seen += std::max(0.0, squares_[at] - k * k / n);
            between.expected += degrees * k * (n - k) / (n * n);
            between.degrees += std::min(degrees, n - k);
            auto& bursts = rounds[row.cell];
            bursts.seen += between_rounds_[index].seen;
            bursts.expected += between_rounds_[index].expected;
            bursts.degrees += between_rounds_[index].degrees;
        }
    }
    for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
        auto const& [between, by_flows, flow_degrees] = flows[cell];
        auto const& [bursts, by_rounds, round_degrees] = rounds[cell];
        cells_[cell].dispersion = std::max(dispersion_of(between, by_flows, flow_degrees),
                                           dispersion_of(bursts, by_rounds, round_degrees));
        cells_[cell].random = round_degrees >= enough_degrees &&
                              is_ordinary(between, by_flows, flow_degrees) &&
                              is_ordinary(bursts, by_rounds, round_degrees);
    }
    squares_ = {};
    between_rounds_ = {};
}

void EvidenceTable::index_crossings() {
    crossings_begin_.assign(links_.size() + 1, 0);
    for (auto const& row : rows_)
        ++crossings_begin_[row.link + 1];
    for (auto const& pathclass : classes_)
        ++crossings_begin_[pathclass.probe + 1];
    std::partial_sum(crossings_begin_.begin(), crossings_begin_.end(), crossings_begin_.begin());
    crossings_.resize(rows_.size() + classes_.size());
    auto next = crossings_begin_;
    for (RowIndex row = 0; row < rows_.size(); ++row)
        crossings_[next[rows_[row].link]++] = row;
    for (auto const& pathclass : classes_)
        crossings_[next[pathclass.probe]++] = pathclass.begin;
}

void EvidenceTable::form_groups() {
    for (auto& row : rows_)
        if (row.cell != no_cell) row.group = cells_[row.cell].groups++ % most_groups;
    std::uint32_t first = 0;
    for (auto& cell : cells_) {
        cell.groups = std::min(cell.groups, most_groups);
        cell.first_group = first;
        first += cell.groups;
    }
    groups_.resize(first);
    for (auto const& row : rows_) {
        if (row.cell == no_cell) continue;
        auto& group = groups_[cells_[row.cell].first_group + row.group];
        group.sent += row.sent;
        group.answered += row.answered;
    }
}

}  // namespace dtrace::analysis
