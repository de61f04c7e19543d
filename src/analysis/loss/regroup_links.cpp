// Links of one node stand for one another. Where two links into a node lose packets, the one out
// of it that takes what comes over both may be found first; then nothing is missing any more, and
// no single step leads to the two. The same the other way round.

#include "loss/joint_fit.hpp"
#include "loss/search_loss.hpp"
#include "loss/testimony.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>

namespace dtrace::analysis {

namespace {

/// Links of a node that are tried together.
constexpr std::size_t most_tried_together = 8;
/// Nats that a change has to be worth, so that it is not undone by another rounding.
constexpr double worth_changing = 0.5;
/// Larger hypotheses are not regrouped: each change fits the losses of all of their links.
constexpr std::size_t most_fitted = 16;

std::vector<LinkIndex> links_of(std::vector<LossyLink> const& links) {
    std::vector<LinkIndex> found;
    for (auto const& lossy : links)
        found.push_back(lossy.link);
    return found;
}

}  // namespace

bool LossSearch::regroup() {
    auto const& table = model_.table();
    if (model_.links().size() > most_fitted) return false;
    std::set<VertexIndex> nodes;
    for (auto const& [link, loss] : model_.links()) {
        if (table.is_access(link)) continue;
        nodes.insert(table.links()[link].from);
        nodes.insert(table.links()[link].to);
    }
    auto const assumed = links_of(model_.links());
    auto const all_of = [&](VertexIndex TableLink::*end, VertexIndex node, bool lossy) {
        std::vector<LinkIndex> found;
        for (auto link = static_cast<LinkIndex>(table.evidence().probes().size());
             link < table.links().size(); ++link) {
            bool const is_assumed = std::ranges::find(assumed, link) != assumed.end();
            if (table.links()[link].*end == node && is_assumed == lossy) found.push_back(link);
        }
        return found;
    };
    return std::ranges::any_of(nodes, [&](VertexIndex node) {
        if (!is_thorough()) return false;
        auto const into = all_of(&TableLink::to, node, true);
        auto const out = all_of(&TableLink::from, node, true);
        return (!out.empty() && regroup(out, all_of(&TableLink::to, node, false))) ||
               (!into.empty() && regroup(into, all_of(&TableLink::from, node, false)));
    });
}

bool LossSearch::regroup(std::vector<LinkIndex> const& given_up,
                         std::vector<LinkIndex> const& tried) {
    auto const before = model_.links();
    auto rest = before;
    std::erase_if(rest, [&](LossyLink const& lossy) {
        return std::ranges::find(given_up, lossy.link) != given_up.end();
    });
    model_.assume(rest);
    auto const said = testimonies(model_);
    std::vector<LossyLink> instead;
    for (auto const link : tried) {
        double const missing = said[link].arriving - said[link].answered;
        if (said[link].deficit() > 0) instead.push_back({link, missing / said[link].arriving});
    }
    return try_instead(before, rest, instead);
}

bool LossSearch::try_instead(std::vector<LossyLink> const& before,
                             std::vector<LossyLink> const& rest,
                             std::vector<LossyLink> const& instead) {
    auto after = rest;
    for (auto added : instead) {
        added.link = or_access(added.link);
        bool const alike = std::ranges::any_of(after, [&](LossyLink const& lossy) {
            return equivalents_[lossy.link] == equivalents_[added.link];
        });
        if (!alike) after.push_back({added.link, std::clamp(added.loss, least_loss, most_loss)});
    }
    auto const most = std::min(rest.size() + most_tried_together, LossModel::most_lossy_links);
    bool better = after.size() <= most;
    if (better) {
        after = best_of(std::move(after), rest.size());
        // What could not be looked at to its end is no better.
        better = is_thorough() && advantage(model_, before, after) > worth_changing &&
                 are_proved(after, rest.size());
    }
    model_.assume(better ? after : before);
    return better;
}

LinkIndex LossSearch::or_access(LinkIndex link) const {
    auto const& table = model_.table();
    LinkIndex const access = table.class_of(table.crossings(link).front()).probe;
    return equivalents_[access] == equivalents_[link] ? access : link;
}

std::vector<LossyLink> LossSearch::best_of(std::vector<LossyLink> links, std::size_t from) {
    while (is_thorough()) {
        std::vector<std::size_t> numbers(links.size());
        std::iota(numbers.begin(), numbers.end(), std::size_t{0});
        links = fit_jointly(model_, links, links, numbers).links;
        std::size_t worst = links.size();
        double gained = 0;
        for (auto number = from; number < links.size(); ++number) {
            double const gain = advantage(model_, links, without(links, number));
            if (gain <= gained) continue;
            gained = gain;
            worst = number;
        }
        if (worst == links.size()) break;
        links = without(links, worst);
    }
    return links;
}

bool LossSearch::are_proved(std::vector<LossyLink> const& links, std::size_t from) {
    for (auto number = from; number < links.size(); ++number) {
        model_.assume(without(links, number));
        auto const footprint = model_.footprint(links[number].link);
        if (!model_.weigh_at(footprint, links[number].loss).proves(odds_)) return false;
    }
    return true;
}

bool LossSearch::begin_anew() {
    if (model_.links().size() > most_fitted || !is_thorough()) return false;
    auto const before = model_.links();
    std::vector<LossyLink> rest;
    std::ranges::copy_if(before, std::back_inserter(rest), [&](LossyLink const& lossy) {
        return model_.table().is_access(lossy.link);
    });
    model_.assume({});
    auto const steps = steps_down(model_, most_tried_together);
    return try_instead(before, rest, steps);
}

}  // namespace dtrace::analysis
