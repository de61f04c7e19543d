#include "loss/verdict_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace dtrace::analysis {

namespace {

constexpr std::size_t most_witnesses = 20;
constexpr std::size_t most_named = 3;
/// Of an access, whose far end may be several routers.
constexpr std::size_t most_first_links = 16;

struct Counts {
    double sent = 0;
    double answered = 0;
};

/// Packets to responders beyond a finding's links, over them and around them; and to the last one
/// before the first of them.
struct Account {
    Counts over;
    Counts around;
    Counts alone;  ///< over it, at responders that hear no others
    Counts before;
    Counts counted;                  ///< over it, by the targets themselves: what arrived
    std::vector<std::string> names;  ///< of responders that hear both
    std::vector<std::string> beyond;
};

std::string listed(std::vector<std::string> const& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < most_named; ++i)
        text += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > most_named) text += fmt::format(" and {} more", names.size() - most_named);
    return text;
}

/// The links that lose, as far as it is known by themselves.
std::vector<LinkIndex> lossy_links(Finding const& finding) {
    return finding.around ? finding.around->found : std::vector{finding.weight.link};
}

/// Where classes first cross any of the links.
std::vector<RowIndex> first_crossings(EvidenceTable const& table,
                                      std::vector<LinkIndex> const& links) {
    std::vector<RowIndex> rows;
    for (auto const link : links)
        rows.insert(rows.end(), table.crossings(link).begin(), table.crossings(link).end());
    std::ranges::sort(rows);
    auto const of_one_class = [&](RowIndex a, RowIndex b) {
        return table.class_of(a).begin == table.class_of(b).begin;
    };
    rows.erase(std::unique(rows.begin(), rows.end(), of_one_class), rows.end());
    return rows;
}

/// What responders beyond the links were sent over them, in order of vertex.
std::map<std::pair<VertexIndex, CellIndex>, Counts> counts_beyond(
    EvidenceTable const& table, std::vector<LinkIndex> const& links) {
    std::map<std::pair<VertexIndex, CellIndex>, Counts> beyond;
    for (auto const crossing : first_crossings(table, links))
        for (RowIndex index = crossing; index < table.class_of(crossing).end; ++index) {
            Row const& row = table.rows()[index];
            if (row.cell == no_cell || row.sent == 0) continue;
            auto& counts = beyond[{table.cells()[row.cell].vertex, row.cell}];
            counts.sent += row.sent;
            counts.answered += row.answered;
        }
    return beyond;
}

Account account_of(LossModel& model, Finding const& finding) {
    auto const& table = model.table();
    Account account;
    auto const beyond = counts_beyond(table, lossy_links(finding));
    // Responders that are reluctant say little; but if there are no others, they are all there is.
    bool const full = std::ranges::any_of(beyond, [&](auto const& place) {
        auto const cell = place.first.second;
        return !table.cells()[cell].counted && !model.reluctant(cell);
    });
    VertexIndex last = 0xFFFF'FFFF;
    for (auto const& [place, over] : beyond) {
        auto const [vertex, index] = place;
        auto const& cell = table.cells()[index];
        if (cell.counted) {
            account.counted.sent += over.sent;
            account.counted.answered += over.answered;
            continue;
        }
        if (full && model.reluctant(index)) continue;
        bool const compared = cell.sent > over.sent;
        if (vertex != last)
            (compared ? account.names : account.beyond)
                .push_back(describe(table.routes().place_of(vertex)));
        last = vertex;
        Counts& sum = compared ? account.over : account.alone;
        sum.sent += over.sent;
        sum.answered += over.answered;
        account.around.sent += cell.sent - over.sent;
        account.around.answered += cell.answered - over.answered;
    }
    // Around a router the near ends are several, and the router's own answers are in doubt.
    if (finding.around) return account;
    for (auto const crossing : table.crossings(finding.links.front())) {
        if (crossing == table.class_of(crossing).begin) continue;
        Row const& row = table.rows()[crossing - 1];
        if (row.cell == no_cell) continue;
        account.before.sent += row.sent;
        account.before.answered += row.answered;
    }
    return account;
}

std::string reason_of(Account const& account, Link const& segment, bool counted) {
    std::string text;
    if (counted)
        text = fmt::format("{} of {} packets over it did not arrive: the other end counted them",
                           account.counted.sent - account.counted.answered, account.counted.sent);
    if (account.names.empty() && account.beyond.empty()) return text;
    if (counted) text += "; ";
    if (!account.names.empty())
        text += fmt::format("{} of {} packets over it go unanswered at {}, {} of {} around it",
                            account.over.sent - account.over.answered, account.over.sent,
                            listed(account.names), account.around.sent - account.around.answered,
                            account.around.sent);
    else
        text += fmt::format("{} of {} packets over it go unanswered, at all of {}",
                            account.alone.sent - account.alone.answered, account.alone.sent,
                            listed(account.beyond));
    if (account.before.sent > 0)
        text += fmt::format("; {} before it answers {} of {}", describe(segment.from),
                            account.before.answered, account.before.sent);
    return text;
}

std::string what_speaks_against(Account const& account, Direction direction) {
    if (!account.names.empty())
        return "flows over it that are answered in full at " + listed(account.names);
    if (account.beyond.empty()) return "another count of what arrives there, without loss";
    std::string text = "a responder beyond it that answers in full";
    if (direction == Direction::forward_or_return)
        text += "; from another probe, or to another target behind it, the way back would differ";
    return text;
}

std::vector<Witness> witnesses_of(EvidenceTable const& table,
                                  std::vector<RowIndex> const& crossings) {
    std::map<std::tuple<ProbeIndex, NodeIndex, bool>, Witness> found;
    for (auto const crossing : crossings) {
        auto const& pathclass = table.class_of(crossing);
        RowIndex last = pathclass.end - 1;
        auto const says_nothing = [](Row const& row) {
            return row.cell == no_cell || row.sent == 0;
        };
        while (last > crossing && says_nothing(table.rows()[last]))
            --last;
        Row const& row = table.rows()[last];
        if (says_nothing(row)) continue;
        auto& witness = found[{pathclass.probe, pathclass.target, pathclass.counted}];
        auto const& cell = table.cells()[row.cell];
        if (witness.flows == 0) {
            witness.probe = table.evidence().probes()[pathclass.probe];
            witness.target = table.evidence().nodes()[pathclass.target].addresses.front();
            witness.at = table.routes().place_of(cell.vertex);
            witness.elsewhere_sent = static_cast<std::uint64_t>(cell.sent);
            witness.elsewhere_answered = static_cast<std::uint64_t>(cell.answered);
            if (pathclass.counted) witness.counted = true;
        }
        witness.flows += pathclass.flows;
        if (witness.at != table.routes().place_of(cell.vertex)) continue;
        witness.sent += row.sent;
        witness.answered += row.answered;
        witness.elsewhere_sent -= row.sent;
        witness.elsewhere_answered -= row.answered;
    }
    std::vector<Witness> witnesses;
    for (auto& [key, witness] : found)
        witnesses.push_back(std::move(witness));
    std::ranges::stable_sort(witnesses, std::ranges::greater{}, [](Witness const& witness) {
        return witness.sent - witness.answered;
    });
    return witnesses;
}

/// All of a culprit that the counts alone say.
Culprit counted_culprit(LossModel const& model, Finding const& finding) {
    auto const& table = model.table();
    Culprit culprit;
    culprit.loss = finding.loss;
    culprit.odds = finding.weight.odds;
    culprit.counted = finding.weight.arrivals_accuse();
    if (culprit.counted) culprit.direction = Direction::forward;
    std::set<ProbeIndex> probes;
    auto const crossings = first_crossings(table, lossy_links(finding));
    for (auto const crossing : crossings) {
        if (!table.class_of(crossing).counted) culprit.flows += table.class_of(crossing).flows;
        probes.insert(table.class_of(crossing).probe);
    }
    culprit.probes = static_cast<std::uint32_t>(probes.size());
    culprit.witnesses = witnesses_of(table, crossings);
    if (culprit.witnesses.size() > most_witnesses) culprit.witnesses.resize(most_witnesses);
    return culprit;
}

/// All their addresses; where none has any, what is known of the first that is a probe, or silent.
Place united(EvidenceTable const& table, std::vector<VertexIndex> const& ends) {
    std::set<IpAddress> addresses;
    std::optional<std::string> probe;
    std::optional<std::uint8_t> silent;
    for (auto const end : ends) {
        auto const place = table.routes().place_of(end);
        addresses.insert(place.addresses.begin(), place.addresses.end());
        if (!probe) probe = place.probe;
        if (!silent) silent = place.silent;
    }
    if (!addresses.empty())
        return {.addresses = {addresses.begin(), addresses.end()}, .probe = {}, .silent = {}};
    if (probe) silent.reset();
    return {.addresses = {}, .probe = std::move(probe), .silent = silent};
}

/// The first links of a probe's routes, up to a router that answers.
std::vector<LinkIndex> first_links(EvidenceTable const& table, ProbeIndex probe) {
    std::vector<LinkIndex> links;
    for (auto const first : table.crossings(probe)) {
        if (table.class_of(first).counted) continue;  // the same routes as others
        for (RowIndex row = first;
             row < table.class_of(first).end && links.size() < most_first_links; ++row) {
            auto const link = table.rows()[row].link;
            if (std::ranges::find(links, link) == links.end()) links.push_back(link);
            if (table.rows()[row].cell != no_cell) break;
        }
    }
    return links;
}

}  // namespace

Culprit make_culprit(LossModel& model, Finding const& finding) {
    auto const& table = model.table();
    auto culprit = counted_culprit(model, finding);
    for (auto const link : finding.links)
        if (!table.is_access(link)) culprit.links.push_back(table.link_of(link));
    culprit.segment = {culprit.links.front().from, culprit.links.back().to};
    if (finding.around) {
        culprit.router = table.routes().place_of(finding.around->router);
        culprit.segment = {united(table, finding.around->from), united(table, finding.around->to)};
    }
    // The way back from a router is the same for all flows that it hears.
    bool const forward =
        finding.weight.of_routers >= finding.weight.odds / 2 && finding.weight.of_routers > 0;
    if (forward) culprit.direction = Direction::forward;
    for (auto const link : finding.alternatives) {
        if (table.is_access(link))
            culprit.access_possible = true;
        else
            culprit.alternatives.push_back(table.link_of(link));
    }
    auto const account = account_of(model, finding);
    culprit.reason = reason_of(account, culprit.segment, culprit.counted);
    if (finding.several)
        culprit.reason +=
            "; one of its links loses all of it, or two share it: what the routers between "
            "them answer cannot tell";
    if (culprit.router)
        culprit.reason += fmt::format(
            "; it is lost before {}, in it or behind it: that router answers too little to tell",
            describe(*culprit.router));
    culprit.change_our_mind = what_speaks_against(account, culprit.direction);
    return culprit;
}

Culprit make_culprit(LossModel const& model, Finding const& finding, AccessSuspect const& access) {
    auto const& table = model.table();
    auto const probe = finding.weight.link;
    auto culprit = counted_culprit(model, finding);
    culprit.access = access.probe;
    culprit.segment.from = table.routes().place_of(table.routes().vertex_of_probe(probe));
    std::set<IpAddress> first;
    for (auto const link : first_links(table, probe)) {
        auto const& known = culprit.links.emplace_back(table.link_of(link));
        first.insert(known.to.addresses.begin(), known.to.addresses.end());
    }
    culprit.segment.to.addresses.assign(first.begin(), first.end());
    // Whatever a probe sends crosses its access.
    for (auto& witness : culprit.witnesses)
        witness.elsewhere_sent = witness.elsewhere_answered = 0;
    culprit.reason = access.reason;
    culprit.change_our_mind = culprit.counted ? "another count of what arrives there, without loss"
                                              : "routers answering it in full, or others as badly";
    return culprit;
}

}  // namespace dtrace::analysis
