#include "loss/loss_model.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace dtrace::analysis {

namespace {

/// The price of one more reluctant responder where one in ten is.
constexpr double usual_reluctance = 2.2;
constexpr std::uint32_t nowhere = 0xFFFF'FFFF;
constexpr std::size_t most_masks = 0xFFFF;
/// Two to four seconds (docs/analysis.md, Speed); and what a few links of a large network take,
/// where looking at each is quick.
constexpr std::uint64_t usual_work = 50'000'000;
constexpr std::uint64_t work_per_row = 30;

Part part_of(Row const& row, std::uint32_t mask, bool crossing) {
    return {.group = row.group,
            .mask = mask,
            .crossing = crossing,
            .sent = static_cast<double>(row.sent),
            .answered = static_cast<double>(row.answered)};
}

void add_to(std::vector<Part>& parts, Part const& counts) {
    for (auto& part : parts) {
        if (part.group != counts.group || part.mask != counts.mask ||
            part.crossing != counts.crossing)
            continue;
        part.sent += counts.sent;
        part.answered += counts.answered;
        return;
    }
    parts.push_back(counts);
}

}  // namespace

LossModel::LossModel(EvidenceTable const& table, std::uint64_t most_work)
    : table_(table),
      masks_(1),
      passing_{1},
      mask_of_row_(table.rows().size(), 0),
      parts_(table.cells().size()),
      place_of_cell_(table.cells().size(), nowhere),
      reluctant_(table.cells().size(), -1),
      most_work_(most_work > 0 ? most_work : usual_work + work_per_row * table.rows().size()) {}

std::uint32_t LossModel::mask_index(std::uint32_t mask, std::uint32_t number) {
    auto const index = index_of_mask_.index_of(std::uint64_t{mask} << 32 | number).index + 1;
    // Where there is no room, the link is taken to lose nothing.
    if (index >= most_masks) return mask;
    if (index == masks_.size()) {
        masks_.push_back({mask, number});
        passing_.push_back(passing_all(index));
        for (auto each = index; each != 0; each = masks_[each].without)
            masks_with_[masks_[each].number].push_back(index);
    }
    return index;
}

double LossModel::passing_all(std::size_t mask) const {
    auto const& [rest, number] = masks_[mask];
    return passing_[rest] * (1 - links_[number].loss);
}

void LossModel::change(std::size_t number, double loss) {
    links_[number].loss = loss;
    for (auto const mask : masks_with_[number])
        passing_[mask] = passing_all(mask);
}

void LossModel::assume(std::vector<LossyLink> links) {
    for (auto const row : masked_rows_)
        mask_of_row_[row] = 0;
    for (auto const cell : parted_cells_)
        parts_[cell].clear();
    masked_rows_.clear();
    parted_cells_.clear();
    masks_.resize(1);
    passing_.resize(1);
    index_of_mask_ = IndexMap();
    links_ = std::move(links);
    masks_with_.assign(links_.size(), {});
    for (std::uint32_t number = 0; number < links_.size(); ++number)
        apply(number);
    for (auto const index : masked_rows_) {
        Row const& row = table_.rows()[index];
        if (row.cell == no_cell) continue;
        auto& parts = parts_[row.cell];
        if (parts.empty()) parted_cells_.push_back(row.cell);
        add_to(parts, part_of(row, mask_of_row_[index], false));
    }
    std::ranges::fill(reluctant_, std::int8_t{-1});
}

void LossModel::apply(std::uint32_t number) {
    for (auto const crossing : table_.crossings(links_[number].link)) {
        auto const end = table_.class_of(crossing).end;
        work_ += end - crossing;
        for (RowIndex row = crossing; row < end; ++row) {
            auto& mask = mask_of_row_[row];
            auto const before =
                std::exchange(mask, static_cast<std::uint16_t>(mask_index(mask, number)));
            if (before == 0 && mask != 0) masked_rows_.push_back(row);
        }
    }
}

std::vector<Part> LossModel::parts(CellIndex cell) const {
    std::vector<Part> all;
    auto const groups = table_.groups(cell);
    for (std::uint32_t group = 0; group < groups.size(); ++group)
        all.push_back({.group = group,
                       .sent = static_cast<double>(groups[group].sent),
                       .answered = static_cast<double>(groups[group].answered)});
    for (auto const& part : parts_[cell]) {
        all[part.group].sent -= part.sent;
        all[part.group].answered -= part.answered;
        all.push_back(part);
    }
    return all;
}

std::vector<Arrivals> LossModel::arrivals(CellIndex cell) const {
    std::vector<Arrivals> groups;
    for (auto const& part : parts(cell))
        if (part.sent > 0) groups.push_back({part.sent, part.answered, passing_[part.mask]});
    return groups;
}

bool LossModel::reluctant(CellIndex cell) {
    if (reluctant_[cell] < 0) {
        auto const& counts = table_.cells()[cell];
        bool const simple = counts.answered >= counts.sent && parts_[cell].empty();
        reluctant_[cell] = !simple && !accounts(cell).is_full(usual_reluctance) ? 1 : 0;
    }
    return reluctant_[cell] == 1;
}

void LossModel::gather(Footprint& footprint) {
    for (auto const crossing : table_.crossings(footprint.link)) {
        auto const& pathclass = table_.class_of(crossing);
        work_ += pathclass.end - crossing;
        for (RowIndex index = crossing; index < pathclass.end; ++index) {
            Row const& row = table_.rows()[index];
            if (row.cell == no_cell || row.sent == 0) continue;
            auto& place = place_of_cell_[row.cell];
            if (place == nowhere) {
                place = static_cast<std::uint32_t>(footprint.beyond.size());
                placed_cells_.push_back(row.cell);
                footprint.beyond.push_back({.cell = row.cell, .parts = {}});
            }
            Beyond& beyond = footprint.beyond[place];
            beyond.target = beyond.target || table_.cells()[row.cell].vertex == pathclass.target;
            add_to(beyond.parts, part_of(row, mask_of_row_[index], true));
            footprint.sent += row.sent;
        }
    }
}

void LossModel::count_others(Footprint& footprint, LinkIndex link) {
    for (auto const crossing : table_.crossings(link)) {
        work_ += crossing - table_.class_of(crossing).begin;
        for (RowIndex index = table_.class_of(crossing).begin; index < crossing; ++index) {
            auto const cell = table_.rows()[index].cell;
            if (cell == no_cell || place_of_cell_[cell] != nowhere) continue;
            place_of_cell_[cell] = 0;
            placed_cells_.push_back(cell);
            footprint.others += 1;
            if (reluctant(cell)) footprint.others_reluctant += 1;
        }
    }
}

void LossModel::forget_places() {
    for (auto const cell : placed_cells_)
        place_of_cell_[cell] = nowhere;
    placed_cells_.clear();
}

void LossModel::add_avoiding(Beyond& place) const {
    // What avoids the link is the rest of the cell.
    auto avoiding = parts(place.cell);
    for (auto const& crossing : place.parts) {
        auto const same = std::ranges::find_if(avoiding, [&](Part const& part) {
            return part.group == crossing.group && part.mask == crossing.mask;
        });
        same->sent -= crossing.sent;
        same->answered -= crossing.answered;
    }
    for (auto const& part : avoiding) {
        if (part.sent <= 0) continue;
        place.parts.push_back(part);
        place.compared = true;
    }
}

void LossModel::sort_by_vertex(Footprint& footprint) const {
    auto const vertex = [&](Beyond const& place) { return table_.cells()[place.cell].vertex; };
    std::ranges::stable_sort(footprint.beyond, {}, vertex);
}

Footprint LossModel::footprint(LinkIndex link) {
    Footprint footprint{.link = link, .beyond = {}};
    gather(footprint);
    count_others(footprint, link);
    forget_places();
    for (auto& place : footprint.beyond)
        add_avoiding(place);
    sort_by_vertex(footprint);
    return footprint;
}

Footprint LossModel::footprint_of(std::span<std::size_t const> numbers) {
    Footprint footprint{.beyond = {}};
    for (auto const number : numbers) {
        for (auto const crossing : table_.crossings(links_[number].link)) {
            work_ += table_.class_of(crossing).end - crossing;
            for (RowIndex index = crossing; index < table_.class_of(crossing).end; ++index) {
                auto const cell = table_.rows()[index].cell;
                if (cell == no_cell || place_of_cell_[cell] != nowhere) continue;
                place_of_cell_[cell] = 0;
                placed_cells_.push_back(cell);
                footprint.beyond.push_back({.cell = cell, .parts = parts(cell)});
            }
        }
    }
    for (auto const number : numbers)
        count_others(footprint, links_[number].link);
    forget_places();
    for (auto& place : footprint.beyond)
        std::erase_if(place.parts, [](Part const& part) { return part.sent <= 0; });
    sort_by_vertex(footprint);
    return footprint;
}

}  // namespace dtrace::analysis
