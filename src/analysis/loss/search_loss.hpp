#pragma once

#include "loss/finding.hpp"
#include "loss/loss_model.hpp"
#include "loss/split_loss.hpp"
#include "loss/testimony.hpp"

#include <cstdint>
#include <vector>

namespace dtrace::analysis {

/// ln 20: links that close behind the best one are not excluded.
inline constexpr double close_behind = 3;
/// A link is not blamed lightly for what all of a probe's packets have in common.
inline constexpr double close_behind_for_access = 7;
inline constexpr double any_distance = 1e300;
/// So many hops from a lossy link another one may be meant instead.
inline constexpr RowIndex reach_of_doubt = 3;
/// So many hops from a lossy link another one may lose a part of it.
inline constexpr RowIndex reach_of_split = 12;

/// Finds the smallest set of lossy links that explains the counts: takes the link that explains
/// most, then the one with which the set explains most; each is looked at again in the light of
/// the others. Leaves them assumed in `model`.
class LossSearch {
  public:
    LossSearch(LossModel& model, double odds);
    [[nodiscard]] std::vector<Finding> run();

  private:
    /// One more link, and what then all of them lose. Its odds are over the hypothesis without it.
    struct Addition {
        Weight weight;
        std::vector<LossyLink> links;  ///< it is the last
    };

    /// Is assumed to be lossy, or cannot be told from one that is.
    [[nodiscard]] bool is_taken(LinkIndex link) const;
    /// There is no room for one more link.
    [[nodiscard]] bool is_full() const;
    /// There is work left for what no single step finds: pairs of links, and others in their place.
    [[nodiscard]] bool is_thorough() const;
    [[nodiscard]] std::vector<LinkIndex> suspects() const;
    /// On the routes of lossy links: what these lose may hide how much is missing.
    [[nodiscard]] std::vector<LinkIndex> beside() const;
    /// The best first; of those that are `within` so many nats of the best one at a glance.
    [[nodiscard]] std::vector<Weight> weigh_all(std::vector<LinkIndex> const& links, double within);
    [[nodiscard]] Addition addition(Weight const& weight);
    [[nodiscard]] Addition best_addition(std::vector<LinkIndex> const& candidates, double within);
    [[nodiscard]] std::vector<LinkIndex> neighbours(LinkIndex link, RowIndex reach) const;
    /// Stays assumed. An access may explain what otherwise would be blamed on a link that others
    /// acquit, without being proved by itself: it is a suspect then.
    [[nodiscard]] bool holds(Weight const& weight) const;
    /// An access among many lossy links: for it others are not tried, which many more cross.
    [[nodiscard]] bool is_one_of_many(LinkIndex link) const;
    /// Links that may be meant in its place.
    [[nodiscard]] std::vector<LinkIndex> instead_of(LinkIndex link) const;
    /// Assumes all links but this one, with what they would lose then.
    void assume_without(std::size_t number);
    void take_all();
    /// And what is at once to be seen beside it, or in its place.
    void accept(Addition best, std::vector<LinkIndex> const& suspected);
    /// Puts two links in the place of one that stands for what both lose, where some of `suspected`
    /// are near. The first of the two is a neighbour, or one of these that more flows cross.
    /// Returns whether it did.
    bool exchange(std::vector<LinkIndex> const& suspected);
    bool exchange(LinkIndex link, std::vector<LinkIndex> const& suspected);
    /// Puts other links into, or out of, one node in the place of those out of it, or into it.
    /// Returns whether it did.
    bool regroup();
    bool regroup(std::vector<LinkIndex> const& given_up, std::vector<LinkIndex> const& tried);
    /// Gives up all links for those behind which less arrives than at their near ends. Returns
    /// whether it did.
    bool begin_anew();
    /// Adds the accesses of several probes at once, or puts them in the place of a link that all of
    /// them cross, where others cross it without loss. Returns whether it did.
    bool blame_accesses(std::vector<LinkIndex> const& suspected);
    bool add_accesses(std::vector<ProbeIndex> const& probes);
    [[nodiscard]] std::vector<ProbeIndex> accesses_of(std::vector<LinkIndex> const& links) const;
    bool blame_accesses_behind(LossyLink const& lossy);
    /// Those for which the link, which is not assumed, explains more; nobody, if it explains less
    /// for none.
    [[nodiscard]] std::vector<ProbeIndex> probes_in_doubt(LossyLink const& lossy);
    /// Of these, the accesses that pay, beside one another; the best first.
    [[nodiscard]] std::vector<LossyLink> lossy_accesses(std::vector<ProbeIndex> const& probes);
    /// Fits the accesses of many once more, and drops those that what was found since explains.
    void weigh_accesses_again();
    /// The access of a probe, if the link cannot be told from it.
    [[nodiscard]] LinkIndex or_access(LinkIndex link) const;
    /// Those of `instead` that pay, beside the `rest` of what was assumed `before`, if all of them
    /// are proved and explain more. Returns whether they do.
    bool try_instead(std::vector<LossyLink> const& before, std::vector<LossyLink> const& rest,
                     std::vector<LossyLink> const& instead);
    /// With their most likely losses; those from number `from` on that do not pay are left out.
    [[nodiscard]] std::vector<LossyLink> best_of(std::vector<LossyLink> links, std::size_t from);
    /// The links from number `from` on, each beside all others.
    [[nodiscard]] bool are_proved(std::vector<LossyLink> const& links, std::size_t from);
    /// Of two links beside the same others.
    [[nodiscard]] bool is_better(Addition const& one, Addition const& other) const;
    /// Assumes all links but one, with what they would lose then: first those behind it, then
    /// those before it. Returns it as it was.
    [[nodiscard]] Addition take_out(std::size_t number);
    void refine();
    /// Shares out what a link loses with another one where the responders between them say so.
    /// Returns whether it did.
    bool split();
    bool split(LinkIndex link);
    /// The interval of what either of the two loses does not begin at nothing.
    [[nodiscard]] bool both_lose(Split const& way, std::size_t number);
    void add_findings();
    [[nodiscard]] Finding finding(std::size_t number);
    /// Of an access of many, which shares its responders with few other links; and of any link when
    /// no work is left.
    [[nodiscard]] Finding quick_finding(std::size_t number);
    /// Of what a link loses, whatever those that share its routes lose. The others of `all` are
    /// assumed; another hypothesis is when it returns.
    [[nodiscard]] Interval interval(Footprint const& footprint, std::vector<LossyLink> const& all,
                                    std::size_t number);
    /// What splits_ say of it.
    void widen(Finding& found) const;
    /// Widens its segment, so that both links of a split are in it.
    void include(Finding& found, Split const& way) const;
    [[nodiscard]] std::vector<LinkIndex> partners(LinkIndex link) const;
    /// `link` and those beside it on its route that cannot be told from it or that are in `close`,
    /// which loses them.
    [[nodiscard]] std::vector<LinkIndex> segment(LinkIndex link,
                                                 std::vector<LinkIndex>& close) const;

    LossModel& model_;
    double odds_;
    std::vector<std::uint32_t> equivalents_;
    std::vector<Finding> findings_;
    std::vector<LinkIndex> halved_;  ///< beside which another link may lose as much
    std::vector<Split> splits_;      ///< those that explain more, and those that explain as much
};

}  // namespace dtrace::analysis
