// What the search has found, in the words of the verdict: segments, intervals, odds.

#include "loss/joint_fit.hpp"
#include "loss/search_loss.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace dtrace::analysis {

namespace {

/// Nats by which the odds of two links may differ only because other responders are beyond them.
constexpr double most_misjudged = 12;

std::span<Row const> rows_of(EvidenceTable const& table, PathClass const& pathclass) {
    return std::span(table.rows()).subspan(pathclass.begin, pathclass.end - pathclass.begin);
}

/// All packets over `link` cross `other`, too.
bool takes_all_of(EvidenceTable const& table, LinkIndex other, LinkIndex link) {
    return std::ranges::all_of(table.crossings(link), [&](RowIndex crossing) {
        auto const rows = rows_of(table, table.class_of(crossing));
        return std::ranges::find(rows, other, &Row::link) != rows.end();
    });
}

/// Where the targets' own counts say something else, what others leave unanswered is lost
/// elsewhere, too: on the way back.
Interval by_arrivals(LossModel const& model, Footprint const& footprint, Weight const& weight,
                     Interval const& found) {
    if (!weight.arrivals_accuse()) return found;
    auto const counted = model.interval_of_arrivals(footprint);
    bool const agrees = counted.low <= found.estimate && found.estimate <= counted.high;
    return agrees ? found : counted;
}

bool contains(std::vector<LinkIndex> const& links, LinkIndex link) {
    return std::ranges::find(links, link) != links.end();
}

}  // namespace

std::vector<LinkIndex> LossSearch::segment(LinkIndex link, std::vector<LinkIndex>& close) const {
    // Grows along a route while the next link is not excluded either.
    auto const& table = model_.table();
    auto const crossing = table.crossings(link).front();
    auto const& pathclass = table.class_of(crossing);
    auto const open = [&](RowIndex row) {
        auto const there = table.rows()[row].link;
        return there == link || equivalents_[there] == equivalents_[link] || contains(close, there);
    };
    RowIndex begin = crossing;
    RowIndex end = crossing + 1;
    while (begin > pathclass.begin && open(begin - 1))
        --begin;
    while (end < pathclass.end && open(end))
        ++end;
    std::vector<LinkIndex> links;
    for (RowIndex row = begin; row < end; ++row)
        links.push_back(table.rows()[row].link);
    std::erase_if(close, [&](LinkIndex other) { return contains(links, other); });
    return links;
}

Finding LossSearch::quick_finding(std::size_t number) {
    auto const [link, loss] = model_.links()[number];
    model_.change(number, 0);
    auto const footprint = model_.footprint(link);
    bool const access = model_.table().is_access(link);
    Finding found{.weight = access ? model_.weigh_at(footprint, loss) : model_.weigh(footprint),
                  .loss = model_.interval(footprint, loss),
                  .links = {link},
                  .alternatives = {}};
    if (!access) found.links = segment(link, found.alternatives);
    found.loss = by_arrivals(model_, footprint, found.weight, found.loss);
    found.proved = found.weight.proves(odds_);
    found.halved = contains(halved_, link);
    model_.change(number, loss);
    return found;
}

Finding LossSearch::finding(std::size_t number) {
    if (is_one_of_many(model_.links()[number].link) || model_.is_exhausted())
        return quick_finding(number);
    auto const all = model_.links();
    LinkIndex const link = all[number].link;
    model_.assume(without(all, number));
    auto const footprint = model_.footprint(link);
    Finding found{.weight = model_.weigh(footprint), .loss = {}, .links = {}, .alternatives = {}};
    found.proved = found.weight.proves(odds_) || addition(found.weight).weight.proves(odds_);
    bool const access = model_.table().is_access(link);
    auto const doubtful = access ? std::vector<LinkIndex>() : neighbours(link, reach_of_doubt);
    for (auto const other : doubtful) {
        if (equivalents_[other] == equivalents_[link]) continue;
        double const close =
            model_.table().is_access(other) ? close_behind_for_access : close_behind;
        double const least = found.weight.odds - close - most_misjudged;
        if (model_.is_exhausted()) break;
        auto const over = model_.footprint(other);
        if (model_.is_spent() && model_.glance(over).odds < least - most_misjudged) continue;
        auto const weight = model_.weigh(over);
        if (!weight.proves(0) || weight.odds < least) continue;
        auto const instead = addition(weight).links;
        if (advantage(model_, all, instead) > -close) found.alternatives.push_back(other);
        model_.assume(without(all, number));
    }
    found.links = segment(link, found.alternatives);
    found.loss = interval(footprint, all, number);
    model_.assume(without(all, number));
    found.loss = by_arrivals(model_, footprint, found.weight, found.loss);
    model_.assume(all);
    widen(found);
    found.halved = contains(halved_, link);
    found.narrows = std::ranges::any_of(found.links, [&](LinkIndex each) {
        return equivalents_[each] != equivalents_[found.links.front()];
    });
    return found;
}

Interval LossSearch::interval(Footprint const& footprint, std::vector<LossyLink> const& all,
                              std::size_t number) {
    auto found = model_.interval(footprint, all[number].loss);
    auto const sharing = sharing_witnesses(model_.table(), all, all[number].link);
    std::vector<std::size_t> others;
    std::ranges::copy_if(sharing, std::back_inserter(others),
                         [&](std::size_t other) { return other != number; });
    if (others.empty()) return found;
    // Near the best losses the likelihood falls by the square of the distance: what the others win
    // back at an edge says how much further out it is.
    auto const moved_out = [&](double edge) {
        auto links = all;
        links[number].loss = edge;
        double const won = fit_jointly(model_, links, links, others).gain;
        double const further = std::sqrt(interval_drop / std::max(interval_drop - won, 0.1));
        return std::clamp(found.estimate + (edge - found.estimate) * further, 0.0, 1.0);
    };
    found.low = moved_out(found.low);
    if (found.high < 1) found.high = moved_out(found.high);
    return found;
}

void LossSearch::widen(Finding& found) const {
    auto const link = found.weight.link;
    for (auto const& way : splits_) {
        bool const proved = way.gain >= close_behind;
        if (proved && (way.kept == link || way.other == link))
            found.weight.odds = std::min(found.weight.odds, way.gain);
        if (!proved && way.kept == link && takes_all_of(model_.table(), way.other, link))
            include(found, way);
    }
}

void LossSearch::include(Finding& found, Split const& way) const {
    auto const& table = model_.table();
    auto const rows = rows_of(table, table.class_of(table.crossings(found.weight.link).front()));
    auto const is_part = [&](Row const& row) {
        return row.link == way.other || contains(found.links, row.link);
    };
    auto const first = std::ranges::find_if(rows, is_part);
    auto const last = std::find_if(rows.rbegin(), rows.rend(), is_part).base();
    std::vector<LinkIndex> links;
    std::transform(first, last, std::back_inserter(links), [](Row const& row) { return row.link; });
    found.links = std::move(links);
    found.several = true;
    double const further = way.total - found.loss.estimate;
    found.loss.low = std::max(0.0, std::min(found.loss.low, found.loss.low + further));
    found.loss.high = std::min(1.0, std::max(found.loss.high, found.loss.high + further));
    std::erase_if(found.alternatives,
                  [&](LinkIndex other) { return contains(found.links, other); });
}

void LossSearch::add_findings() {
    for (std::size_t number = 0; number < model_.links().size(); ++number)
        findings_.push_back(finding(number));
    std::ranges::stable_sort(findings_, std::ranges::greater{},
                             [](Finding const& finding) { return finding.weight.odds; });
}

}  // namespace dtrace::analysis
