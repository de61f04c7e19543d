#pragma once

#include "evidence/evidence_table.hpp"

#include <cstdint>
#include <vector>

namespace dtrace::analysis {

/// Packets of one group of a cell that lie beyond the same lossy links.
struct Part {
    std::uint32_t group = 0;
    std::uint32_t mask = 0;  ///< index of that set of links, see LossModel
    bool crossing = false;   ///< beyond the link that is being weighed, too
    double sent = 0;
    double answered = 0;
};

/// One cell beyond a link that is being weighed: all its packets, in parts.
struct Beyond {
    CellIndex cell = 0;
    bool target = false;    ///< the responder is the target of packets over the link
    bool compared = false;  ///< it also hears packets that avoid the link
    std::vector<Part> parts;
};

/// All that can testify about a link.
struct Footprint {
    LinkIndex link = 0;
    std::vector<Beyond> beyond;  ///< in order of vertex
    double sent = 0;             ///< packets over the link to responders
    double others = 0;           ///< responders on the same routes that are not beyond it
    double others_reluctant = 0;
};

}  // namespace dtrace::analysis
