#pragma once

#include "loss_model.hpp"
#include "split_loss.hpp"
#include "testimony.hpp"

#include <cstdint>
#include <vector>

namespace dtrace::analysis {

/// A lossy link that the evidence proves, and what speaks for it.
struct Finding {
    Weight weight;
    Interval loss;
    /// Itself and its neighbours that are equal, or less likely by no more than a factor of twenty.
    std::vector<LinkIndex> links;
    std::vector<LinkIndex> alternatives;  ///< others that are not less likely than that
    bool several = false;  ///< two of `links` may lose what one of them was taken to lose
};

/// Finds the smallest set of lossy links that explains the counts: takes the link that explains
/// most, then the one that explains most of the rest; then each is looked at again in the light of
/// the others. Leaves them assumed in `model`.
class LossSearch {
  public:
    LossSearch(LossModel& model, double odds);
    [[nodiscard]] std::vector<Finding> run();
    [[nodiscard]] std::vector<std::uint32_t> const& equivalents() const { return equivalents_; }

  private:
    /// Is assumed to be lossy, or cannot be told from one that is.
    [[nodiscard]] bool is_taken(LinkIndex link) const;
    [[nodiscard]] std::vector<LinkIndex> suspects() const;
    [[nodiscard]] Weight best_of(std::vector<LinkIndex> const& links);
    [[nodiscard]] std::vector<LinkIndex> neighbours(LinkIndex link) const;
    [[nodiscard]] Weight reconsider(std::size_t number);
    void take_all();
    void refine();
    /// Shares out what a link loses with another one where the responders between them say so.
    /// True if that has happened.
    [[nodiscard]] bool split();
    void add_findings();
    [[nodiscard]] Finding finding(std::size_t number);
    /// What splits_ say of it.
    void widen(Finding& found) const;
    /// Makes a segment of its link and another one of its route.
    void include(Finding& found, LinkIndex other) const;
    [[nodiscard]] std::vector<LinkIndex> partners(LinkIndex link) const;
    /// `link` and those beside it on its route that cannot be told from it or that are in `close`,
    /// which loses them.
    [[nodiscard]] std::vector<LinkIndex> segment(LinkIndex link,
                                                 std::vector<LinkIndex>& close) const;

    LossModel& model_;
    double odds_;
    std::vector<std::uint32_t> equivalents_;
    std::vector<Finding> findings_;
    std::vector<Split> splits_;  ///< those that explain more, and those that explain as much
};

}  // namespace dtrace::analysis
