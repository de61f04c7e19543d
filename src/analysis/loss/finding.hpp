#pragma once

#include "loss/loss_model.hpp"

#include <optional>
#include <vector>

namespace dtrace::analysis {

/// The links into a router and out of it, which cannot be told apart.
struct AroundRouter {
    VertexIndex router = 0;
    std::vector<LinkIndex> found;   ///< those that were each found to be lossy
    std::vector<VertexIndex> from;  ///< outermost ends, none of which is the router
    std::vector<VertexIndex> to;
};

/// A lossy link that the evidence proves, and what speaks for it.
struct Finding {
    Weight weight;
    bool proved = false;  ///< else it is an access that only explains more than nothing does
    Interval loss;
    /// Itself and its neighbours that are equal, or less likely by no more than a factor of twenty.
    std::vector<LinkIndex> links;
    std::vector<LinkIndex> alternatives;  ///< others that are not less likely than that
    bool several = false;  ///< two of `links` may lose what one of them was taken to lose
    bool halved = false;   ///< another link may lose half of it
    bool narrows = false;  ///< more packets may tell `links` apart
    std::optional<AroundRouter> around{};  ///< what `links` are, then
};

}  // namespace dtrace::analysis
