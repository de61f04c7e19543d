#include "loss/verdict_parts.hpp"

#include <dtrace/analysis/interval.hpp>
#include <dtrace/core/counted.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace dtrace::analysis {

namespace {

constexpr std::size_t most_deaf = 200;
constexpr std::size_t most_ambiguities = 20;
/// Standard deviations that must be missing.
constexpr double clear_deficit = 3;
/// Responders that others hear in full, to tell a probe's access from the network.
constexpr std::size_t enough_heard_elsewhere = 2;

double share_of(Cell const& cell) {
    return cell.sent > 0 ? cell.answered / cell.sent : 0;
}

/// Routers that answer a probe with a lossy access, and other probes in full.
struct HeardElsewhere {
    std::size_t routers = 0;
    std::set<ProbeIndex> probes;
};

std::string access_reason(AccessSuspect const& access, HeardElsewhere const& elsewhere,
                          bool by_arrivals) {
    if (by_arrivals)
        return fmt::format(
            "{} of all that it sends does not arrive, by the counts of the other ends, and is "
            "missed from the first hop on: it is lost on its access link, on the way out",
            percent(access.loss.estimate));
    auto const what = fmt::format("{} of all that it sends goes unanswered from the first hop on",
                                  percent(access.loss.estimate));
    if (access.separated)
        return fmt::format(
            "{}, and {} of the same routers answer {} in full: it is lost on its access "
            "link, one way or the other",
            what, elsewhere.routers, counted(elsewhere.probes.size(), "other probe"));
    return what +
           ": loss on the access link, on the way back of everything, or routers that all leave as "
           "much unanswered; one probe cannot tell";
}

}  // namespace

std::string percent(double share) {
    double const value = share * 100;
    int const digits = value >= 9.95 ? 0 : value >= 0.095 ? 1 : 2;
    return fmt::format("{:.{}f} %", value, digits);
}

std::vector<AccessSuspect> access_suspects(LossModel& model, std::vector<Finding> const& findings) {
    auto const& table = model.table();
    auto const known_lossy = [&](ProbeIndex probe) {
        return std::ranges::find(model.links(), probe, &LossyLink::link) != model.links().end();
    };
    std::vector<bool> lossy;
    for (ProbeIndex probe = 0; probe < table.evidence().probes().size(); ++probe)
        lossy.push_back(known_lossy(probe));
    std::map<ProbeIndex, std::set<VertexIndex>> own;
    std::map<VertexIndex, std::vector<ProbeIndex>> in_full;  // by probes whose accesses are well
    for (CellIndex cell = 0; cell < table.cells().size(); ++cell) {
        auto const& counts = table.cells()[cell];
        if (counts.counted) continue;
        if (lossy[counts.probe])
            own[counts.probe].insert(counts.vertex);
        else if (counts.answered > 0 && !model.reluctant(cell))
            in_full[counts.vertex].push_back(counts.probe);
    }
    std::vector<AccessSuspect> suspects;
    for (auto const& finding : findings) {
        if (!table.is_access(finding.weight.link)) continue;
        HeardElsewhere elsewhere;
        for (auto const vertex : own[finding.weight.link]) {
            auto const heard = in_full.find(vertex);
            if (heard == in_full.end()) continue;
            ++elsewhere.routers;
            elsewhere.probes.insert(heard->second.begin(), heard->second.end());
        }
        bool const counted = finding.weight.arrivals_accuse();
        AccessSuspect access{.probe = table.evidence().probes()[finding.weight.link],
                             .loss = finding.loss,
                             .separated = finding.proved &&
                                          (counted || elsewhere.routers >= enough_heard_elsewhere)};
        access.reason = access_reason(access, elsewhere, counted);
        suspects.push_back(std::move(access));
    }
    return suspects;
}

std::vector<DeafResponder> deaf_responders(LossModel& model) {
    auto const& table = model.table();
    std::vector<bool> passes(table.cells().size(), false);
    for (auto const& pathclass : table.classes()) {
        double best = 0;
        for (RowIndex index = pathclass.end; index-- > pathclass.begin;) {
            auto const cell = table.rows()[index].cell;
            if (cell == no_cell) continue;
            double const share = share_of(table.cells()[cell]);
            if (best > share) passes[cell] = true;
            best = std::max(best, share);
        }
    }
    std::vector<DeafResponder> found;
    for (CellIndex index = 0; index < table.cells().size(); ++index) {
        auto const& cell = table.cells()[index];
        if (!passes[index] || !model.reluctant(index)) continue;
        DeafResponder deaf{.place = table.routes().place_of(cell.vertex),
                           .probe = table.evidence().probes()[cell.probe],
                           .answered = wilson(cell.answered, cell.sent)};
        deaf.reason =
            fmt::format("answers {} of the time; traffic passes", percent(deaf.answered.estimate));
        found.push_back(std::move(deaf));
    }
    std::ranges::stable_sort(found, {},
                             [](DeafResponder const& deaf) { return deaf.answered.estimate; });
    if (found.size() > most_deaf) found.resize(most_deaf);
    return found;
}

std::vector<Ambiguity> ambiguities(LossModel& model, std::vector<Crossed> const& crossed,
                                   LossParameters const& parameters) {
    auto const& table = model.table();
    auto const said = testimonies(model);
    auto const unclear = [&](LinkIndex link) {
        return said[link].deficit() >= clear_deficit &&
               crossed[link].upper_limit(parameters.error) > parameters.clean_below;
    };
    auto const is_full = [&](Row const& row) {
        return row.cell != no_cell && row.sent > 0 && !model.reluctant(row.cell);
    };
    std::map<std::tuple<ProbeIndex, LinkIndex, VertexIndex>, Ambiguity> found;
    for (auto const& pathclass : table.classes()) {
        RowIndex first = pathclass.begin;
        while (first < pathclass.end && !unclear(table.rows()[first].link))
            ++first;
        if (first == pathclass.end) continue;
        auto const link = table.rows()[first].link;
        auto const end = table.links()[table.rows()[pathclass.end - 1].link].to;
        auto const [place, is_new] = found.try_emplace({pathclass.probe, link, end});
        Ambiguity& ambiguity = place->second;
        for (RowIndex row = pathclass.begin; row < first && !pathclass.counted; ++row)
            if (is_full(table.rows()[row])) ambiguity.full_before = true;
        if (!is_new) continue;
        ambiguity.segment = {table.link_of(link).from, table.routes().place_of(end)};
        ambiguity.links = pathclass.end - first;
        ambiguity.probe = table.evidence().probes()[pathclass.probe];
        double const missing = std::max(0.0, said[link].arriving - said[link].answered);
        ambiguity.loss = wilson(missing, said[link].arriving);
        ambiguity.reason = fmt::format(
            "beyond {} at most {} of {} packets are answered, of all flows alike: lost on the way, "
            "or left unanswered at the end",
            describe(ambiguity.segment.from), said[link].answered, said[link].arriving);
        ambiguity.needed =
            fmt::format("another method or port, a target that answers behind {}, or another probe",
                        describe(table.link_of(link).to));
    }
    std::vector<Ambiguity> list;
    for (auto& [key, ambiguity] : found) {
        if (list.size() == most_ambiguities) break;
        list.push_back(std::move(ambiguity));
    }
    return list;
}

}  // namespace dtrace::analysis
