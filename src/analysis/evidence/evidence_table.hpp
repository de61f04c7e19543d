#pragma once

#include "evidence/index_map.hpp"
#include "evidence/route.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace dtrace::analysis {

using LinkIndex = std::uint32_t;
using CellIndex = std::uint32_t;
using RowIndex = std::uint32_t;

/// A silent place has no cell.
inline constexpr CellIndex no_cell = 0xFFFF'FFFF;

/// Packets of all flows of one class to one place: they cross the links of this row and of those
/// before it in the class.
struct Row {
    CellIndex cell = no_cell;
    LinkIndex link = 0;  ///< that ends at this place
    std::uint32_t sent = 0;
    std::uint32_t answered = 0;
    std::uint32_t group = 0;  ///< of the cell's groups
};

/// Flows of one probe to one target over one route.
struct PathClass {
    RowIndex begin = 0;
    RowIndex end = 0;
    std::uint32_t flows = 0;
    ProbeIndex probe = 0;
    NodeIndex target = 0;
    bool reached = false;
    /// Of the same flows as another class, packets that the target has counted itself: only the
    /// last row has any.
    bool counted = false;
};

/// What one probe hears of one responder: all its rows share one willingness to answer. Or what a
/// target has counted of what one probe sent to it.
struct Cell {
    ProbeIndex probe = 0;
    VertexIndex vertex = 0;
    double sent = 0;
    double answered = 0;
    std::uint32_t first_group = 0;  ///< in EvidenceTable::groups()
    std::uint32_t groups = 0;
    /// How much more the counts vary than independent packets would, at least 1: between flows of
    /// one route (a limit that favours the first), and from round to round (bursts).
    double dispersion = 1;
    /// Its counts vary between flows and between rounds as much as independent packets would, no
    /// more and no less, and there are enough of them to tell: no limit of answers looks like it.
    bool random = false;
    bool counted = false;  ///< nothing but loss on the way there is missing
};

/// Some of a cell's rows, most often one: what can be compared within the cell.
struct CellGroup {
    std::uint32_t sent = 0;
    std::uint32_t answered = 0;
};

struct TableLink {
    VertexIndex from = 0;
    VertexIndex to = 0;
};

/// The evidence as rows of counts, with flows over one route pooled.
class EvidenceTable {
  public:
    explicit EvidenceTable(Evidence const& evidence);

    [[nodiscard]] std::vector<Row> const& rows() const { return rows_; }
    [[nodiscard]] std::vector<PathClass> const& classes() const { return classes_; }
    [[nodiscard]] std::vector<Cell> const& cells() const { return cells_; }
    [[nodiscard]] std::vector<TableLink> const& links() const { return links_; }
    [[nodiscard]] std::span<CellGroup const> groups(CellIndex cell) const {
        return std::span(groups_).subspan(cells_[cell].first_group, cells_[cell].groups);
    }
    [[nodiscard]] PathClass const& class_of(RowIndex row) const {
        return classes_[class_of_row_[row]];
    }
    /// The rows at which classes cross a link.
    [[nodiscard]] std::span<RowIndex const> crossings(LinkIndex link) const {
        return std::span(crossings_)
            .subspan(crossings_begin_[link], crossings_begin_[link + 1] - crossings_begin_[link]);
    }
    /// A link that stands for all that every packet of a probe has to cross, both ways. They come
    /// first: the access of a probe has its number.
    [[nodiscard]] bool is_access(LinkIndex link) const { return link < evidence_.probes().size(); }
    [[nodiscard]] RouteReader const& routes() const { return routes_; }
    [[nodiscard]] Evidence const& evidence() const { return evidence_; }
    [[nodiscard]] Link link_of(LinkIndex link) const {
        return {routes_.place_of(links_[link].from), routes_.place_of(links_[link].to)};
    }

  private:
    /// Variance that was seen and that independent packets would have, with its weight.
    struct Variance {
        double seen = 0;
        double expected = 0;
        double degrees = 0;
    };

    void add(Route const& route);
    void begin_class(Route const& route);
    void add_counts(Route const& route, PathClass const& pathclass);
    void measure_dispersion();
    void index_crossings();
    void form_groups();
    [[nodiscard]] std::uint64_t read_links(Route const& route);

    Evidence const& evidence_;
    RouteReader routes_;
    std::vector<Row> rows_;
    std::vector<PathClass> classes_;
    std::vector<Cell> cells_;
    std::vector<TableLink> links_;
    std::vector<CellGroup> groups_;
    std::vector<std::uint32_t> class_of_row_;
    std::vector<RowIndex> crossings_;
    std::vector<std::uint32_t> crossings_begin_;
    IndexMap link_index_;
    IndexMap cell_index_;
    IndexMap class_index_;
    std::vector<LinkIndex> route_links_;    ///< of the route that is being added
    std::vector<double> squares_;           ///< by row: sum over flows of answered² / sent
    std::vector<Variance> between_rounds_;  ///< by class
};

}  // namespace dtrace::analysis
