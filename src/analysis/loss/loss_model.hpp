#pragma once

#include "evidence/evidence_table.hpp"
#include "evidence/footprint.hpp"
#include "evidence/index_map.hpp"
#include "loss/responder_model.hpp"
#include "loss/weight.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dtrace::analysis {

/// The hypothesis so far: which links lose how much. Every responder's manner is chosen anew in
/// each weighing.
class LossModel {
  public:
    explicit LossModel(EvidenceTable const& table, std::uint64_t most_work = 0);  ///< 0: as usual

    static constexpr std::size_t most_lossy_links = 1'000;
    void assume(std::vector<LossyLink> links);
    /// The same links, of which one loses something else.
    void change(std::size_t number, double loss);
    [[nodiscard]] std::vector<LossyLink> const& links() const { return links_; }

    /// By itself, at the usual share of reluctant responders.
    [[nodiscard]] bool reluctant(CellIndex cell);

    [[nodiscard]] Footprint footprint(LinkIndex link);
    /// All that can testify about any of these assumed links: for value().
    [[nodiscard]] Footprint footprint_of(std::span<std::size_t const> numbers);
    /// ln likelihood of what they testify, less the price of their manners.
    [[nodiscard]] double value(Footprint const& footprint) const {
        return sum_at(footprint, 0).value;
    }
    /// At the most likely loss.
    [[nodiscard]] Weight weigh(Footprint const& footprint) const;
    [[nodiscard]] Weight weigh_at(Footprint const& footprint, double loss) const;
    /// A quick guess of weigh(), seldom too high by much.
    [[nodiscard]] Weight glance(Footprint const& footprint) const;
    /// Of the link and of the number that is its loss, where so many others of its kind are named
    /// as well: in which order says nothing, so that each is cheaper than the one before. Access
    /// links are of another kind than those of the network: many that lose say nothing of these.
    [[nodiscard]] double price(Footprint const& footprint, std::size_t others) const;
    [[nodiscard]] double price(Footprint const& footprint) const;
    /// The losses that the counts allow with 95 % confidence.
    [[nodiscard]] Interval interval(Footprint const& footprint, double loss) const;
    /// By what targets have counted themselves alone: others may lose more on the way back.
    [[nodiscard]] Interval interval_of_arrivals(Footprint const& footprint) const;

    /// Of one cell, if the link that is being weighed loses so much. `scratch` is overwritten.
    [[nodiscard]] Accounts accounts_at(Beyond const& place, double loss,
                                       std::vector<Arrivals>& scratch) const;
    [[nodiscard]] std::vector<Arrivals> arrivals(CellIndex cell) const;
    [[nodiscard]] ResponderTerms terms(CellIndex cell) const {
        return {.dispersion = table_.cells()[cell].dispersion,
                .counted = table_.cells()[cell].counted};
    }
    [[nodiscard]] Accounts accounts(CellIndex cell) const {
        return accounts_of(arrivals(cell), terms(cell));
    }
    /// Share of packets that pass the lossy links before this row.
    [[nodiscard]] double passing(RowIndex row) const { return passing_[mask_of_row_[row]]; }
    [[nodiscard]] double passing(Part const& part) const { return passing_[part.mask]; }
    [[nodiscard]] EvidenceTable const& table() const { return table_; }
    /// A search has to come to its end. Counted, not timed: the same verdict on any machine. A
    /// quarter is left for what is to be said of what was found.
    [[nodiscard]] bool is_spent() const { return work_ >= most_work_ / 4 * 3; }
    [[nodiscard]] bool is_exhausted() const { return work_ >= most_work_; }
    [[nodiscard]] std::uint64_t work() const { return work_; }

  private:
    /// A set of lossy links: another one and a link that is not in it.
    struct Mask {
        std::uint32_t without = 0;
        std::uint32_t number = 0;
    };

    struct Sum {
        double value = 0;
        double contrast = 0;
        double of_routers = 0;
        double of_targets = 0;
        double of_arrivals = 0;
        bool target_is_full = false;
    };

    void apply(std::uint32_t number);
    /// Of a set of lossy links and one more, which comes behind all of them.
    [[nodiscard]] std::uint32_t mask_index(std::uint32_t mask, std::uint32_t number);
    [[nodiscard]] double passing_all(std::size_t mask) const;
    void count_others(Footprint& footprint, LinkIndex link);
    void gather(Footprint& footprint);
    void forget_places();
    void sort_by_vertex(Footprint& footprint) const;
    void add_avoiding(Beyond& place) const;
    [[nodiscard]] std::vector<Part> parts(CellIndex cell) const;
    [[nodiscard]] Sum sum_at(Footprint const& footprint, double loss) const;
    /// Over the hypothesis without it, of which the sum is `without`.
    [[nodiscard]] Weight weigh_over(Sum const& without, Footprint const& footprint,
                                    double loss) const;
    [[nodiscard]] double price_of_link(std::size_t others) const;
    /// Lossy links so far that are accesses, or are none, as this one.
    [[nodiscard]] std::size_t others_of_kind(LinkIndex link) const;
    [[nodiscard]] std::vector<double> guesses(Footprint const& footprint) const;
    [[nodiscard]] double coincidence(Footprint const& footprint, double loss) const;
    [[nodiscard]] double refine(Footprint const& footprint, double guess) const;

    EvidenceTable const& table_;
    std::vector<LossyLink> links_;
    std::vector<Mask> masks_;  ///< the first is empty
    IndexMap index_of_mask_;
    std::vector<double> passing_;                         ///< beside masks_
    std::vector<std::vector<std::uint32_t>> masks_with_;  ///< by number of the link; ascending
    std::vector<std::uint16_t> mask_of_row_;
    std::vector<RowIndex> masked_rows_;     ///< whose mask is not the empty one
    std::vector<std::vector<Part>> parts_;  ///< by cell; rows with the empty mask are not in it
    std::vector<CellIndex> parted_cells_;
    std::vector<std::uint32_t> place_of_cell_;  ///< scratch of footprints
    std::vector<CellIndex> placed_cells_;       ///< those that have a place
    std::vector<std::int8_t> reluctant_;        ///< by cell; -1: not looked at
    std::uint64_t most_work_;
    mutable std::uint64_t work_ = 0;  ///< rows and parts of cells looked at
};

}  // namespace dtrace::analysis
