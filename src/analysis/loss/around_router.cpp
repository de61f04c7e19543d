#include "loss/around_router.hpp"

#include "loss/golden_section.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

namespace dtrace::analysis {

namespace {

/// A list of more says nothing to anybody.
constexpr std::size_t most_around = 8;

/// The lossy links on one side of a router, and those on the other that what they carry crosses.
struct Sides {
    VertexIndex router = 0;
    std::vector<std::size_t> lossy;  ///< their numbers
    std::vector<LinkIndex> opposite;
};

void add_link(std::vector<LinkIndex>& links, LinkIndex link) {
    if (std::ranges::find(links, link) == links.end()) links.push_back(link);
}

/// The link beside one on a route, on the other side of the router. None: the route ends there, or
/// the link begins at a probe or touches a silent place: nobody would be helped by its name.
std::optional<LinkIndex> across(EvidenceTable const& table, RowIndex crossing, bool into) {
    auto const& pathclass = table.class_of(crossing);
    if (into ? crossing + 1 == pathclass.end : crossing < pathclass.begin + 2) return std::nullopt;
    auto const link = table.rows()[into ? crossing + 1 : crossing - 1].link;
    auto const& ends = table.links()[link];
    auto const far = table.routes().place_of(into ? ends.to : ends.from);
    return far.addresses.empty() ? std::nullopt : std::optional(link);
}

/// Of the router that the lossy link leads into, or out of. Packets that cross no link on its other
/// side are not left out: gain_across() weighs how they fared, too. None: nothing is to be told
/// apart there, or two links in a row, which are compared by themselves.
std::optional<Sides> sides_of(LossModel const& model, LinkIndex link, bool into) {
    auto const& table = model.table();
    auto const end = into ? &TableLink::to : &TableLink::from;
    Sides sides{.router = table.links()[link].*end, .lossy = {}, .opposite = {}};
    for (std::size_t number = 0; number < model.links().size(); ++number) {
        auto const each = model.links()[number].link;
        if (table.is_access(each) || table.links()[each].*end != sides.router) continue;
        sides.lossy.push_back(number);
        for (auto const crossing : table.crossings(each)) {
            auto const other = across(table, crossing, into);
            if (!other) continue;
            add_link(sides.opposite, *other);
            if (sides.opposite.size() > most_around) return std::nullopt;
        }
    }
    bool const all_named = std::ranges::all_of(sides.opposite, [&](LinkIndex other) {
        return std::ranges::find(model.links(), other, &LossyLink::link) != model.links().end();
    });
    if (all_named || sides.lossy.size() + sides.opposite.size() <= 2) return std::nullopt;
    return sides;
}

/// What both lose that lose packets one after the other.
double loss_of_both(double one, double other) {
    return 1 - (1 - one) * (1 - other);
}

bool contains_number(std::vector<std::size_t> const& numbers, std::size_t number) {
    return std::ranges::find(numbers, number) != numbers.end();
}

/// Those that lose hardly more than the least of them does.
std::vector<std::size_t> least_lossy(LossModel const& model, Sides const& sides) {
    constexpr double hardly_more = 1.25;
    auto const loss_of = [&](std::size_t number) { return model.links()[number].loss; };
    double const least = loss_of(*std::ranges::min_element(sides.lossy, {}, loss_of));
    std::vector<std::size_t> numbers;
    std::ranges::copy_if(sides.lossy, std::back_inserter(numbers), [&](std::size_t number) {
        return loss_of(number) <= least * hardly_more;
    });
    return numbers;
}

/// Nats by which the counts are the more likely if all links on the other side lose one share,
/// besides what they lose anyway, the `emptied` ones nothing, and the other lossy ones that much
/// less. What all have in common is one cause on either side.
double gain_across(LossModel& model, Sides const& sides, std::vector<std::size_t> const& emptied) {
    auto const before = model.links();
    double gain = 0;
    double least = most_loss;
    double most = least_loss;
    for (auto const number : emptied) {
        if (number != emptied.front()) gain += model.price(model.footprint(before[number].link));
        least = std::min(least, before[number].loss);
        most = std::max(most, before[number].loss);
    }
    auto links = before;
    auto numbers = sides.lossy;
    for (auto const link : sides.opposite) {
        auto const known = std::ranges::find(before, link, &LossyLink::link);
        numbers.push_back(known == before.end() ? links.size()
                                                : static_cast<std::size_t>(known - before.begin()));
        if (known == before.end()) links.push_back({link, 0});
    }
    model.assume(links);
    auto const footprint = model.footprint_of(numbers);
    gain -= model.value(footprint);
    auto const value_at = [&](double at) {
        double const loss = std::exp(at);
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            double const now = links[numbers[i]].loss;
            if (i >= sides.lossy.size())
                model.change(numbers[i], loss_of_both(now, loss));
            else if (contains_number(emptied, numbers[i]))
                model.change(numbers[i], 0);
            else
                model.change(numbers[i], std::max(0.0, 1 - (1 - now) / (1 - loss)));
        }
        return model.value(footprint);
    };
    double const low = std::log(std::max(least / 2, least_loss));
    double const high = std::log(std::min(most * 2, most_loss));
    gain += value_at(golden_section(low, high, 16, value_at));
    model.assume(before);
    return gain;
}

bool contains_link(Finding const& finding, LinkIndex link) {
    return std::ranges::find(finding.links, link) != finding.links.end();
}

void add_end(std::vector<VertexIndex>& ends, VertexIndex end, VertexIndex router) {
    if (end != router && std::ranges::find(ends, end) == ends.end()) ends.push_back(end);
}

/// One of those that `found` is made of, which may be links in a row.
void add_side(Finding& found, Finding const& each, EvidenceTable const& table) {
    auto& around = *found.around;
    around.found.push_back(each.weight.link);
    add_end(around.from, table.links()[each.links.front()].from, around.router);
    add_end(around.to, table.links()[each.links.back()].to, around.router);
    for (auto const link : each.links)
        add_link(found.links, link);
    for (auto const link : each.alternatives)
        add_link(found.alternatives, link);
    found.loss.low = std::min(found.loss.low, each.loss.low);
    found.loss.high = std::max(found.loss.high, each.loss.high);
    found.several = found.several || each.several;
    found.halved = found.halved || each.halved;
}

/// Before the links out of the router, or behind those `into` it.
void add_opposite(Finding& found, std::vector<LinkIndex> opposite, EvidenceTable const& table,
                  bool into) {
    std::erase_if(opposite, [&](LinkIndex link) { return contains_link(found, link); });
    for (auto const link : opposite) {
        auto const& ends = table.links()[link];
        add_end(into ? found.around->to : found.around->from, into ? ends.to : ends.from,
                found.around->router);
    }
    found.links.insert(into ? found.links.end() : found.links.begin(), opposite.begin(),
                       opposite.end());
}

/// Names all links around the router, those into it first, in one finding: those of the `numbers`
/// become one. What others name by themselves stays theirs; returns false if that is all.
bool merge_sides(std::vector<Finding>& findings, std::size_t which, LossModel const& model,
                 Sides const& sides, std::vector<std::size_t> const& numbers, bool into) {
    auto const is_one = [&](Finding const& each) {
        return std::ranges::any_of(numbers, [&](std::size_t number) {
            return model.links()[number].link == each.weight.link;
        });
    };
    auto opposite = sides.opposite;
    for (auto const& each : findings) {
        if (is_one(each) && each.around) return false;
        if (!is_one(each))
            std::erase_if(opposite, [&](LinkIndex link) { return contains_link(each, link); });
    }
    if (opposite.empty()) return false;
    auto found = findings[which];
    found.links.clear();
    found.around = AroundRouter{.router = sides.router, .found = {}, .from = {}, .to = {}};
    found.narrows = true;
    for (auto const& each : findings)
        if (is_one(each)) add_side(found, each, model.table());
    add_opposite(found, opposite, model.table(), into);
    std::erase_if(found.alternatives, [&](LinkIndex link) { return contains_link(found, link); });
    findings[which] = std::move(found);
    auto const rest = findings.begin() + static_cast<std::ptrdiff_t>(which) + 1;
    findings.erase(std::remove_if(rest, findings.end(), is_one), findings.end());
    return true;
}

/// Returns whether the finding now names all links around the router at that end of its link.
bool widen_around(std::vector<Finding>& findings, std::size_t which, LossModel& model, bool into) {
    auto const link = findings[which].weight.link;
    auto const sides = sides_of(model, link, into);
    if (!sides) return false;
    auto const is_its_own = [&](std::size_t number) { return model.links()[number].link == link; };
    for (auto const& emptied : {sides->lossy, least_lossy(model, *sides)}) {
        if (std::ranges::any_of(emptied, is_its_own) &&
            gain_across(model, *sides, emptied) > -close_behind &&
            merge_sides(findings, which, model, *sides, emptied, into))
            return true;
    }
    return false;
}

}  // namespace

void merge_around_routers(LossModel& model, std::vector<Finding>& findings) {
    for (std::size_t which = 0; which < findings.size(); ++which) {
        auto const link = findings[which].weight.link;
        if (model.table().is_access(link)) continue;
        for (bool const into : {true, false})
            if (!model.is_exhausted() && widen_around(findings, which, model, into)) break;
    }
}

}  // namespace dtrace::analysis
