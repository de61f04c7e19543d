#pragma once

#include <dtrace/analysis/evidence.hpp>
#include <dtrace/analysis/loss_verdict.hpp>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace dtrace::analysis {

/// Which paths cross what a culprit consists of: an access is crossed by whatever its probe sends,
/// anything else by the paths that have both ends of one of its links next to each other. A hop
/// that is silent may be any router: only the neighbours of the silence are compared.
class Crossing {
  public:
    /// Of paths of this evidence as it is now.
    Crossing(Evidence const& evidence, Culprit const& culprit);

    [[nodiscard]] bool crosses(FlowPath const& path) const;

    /// Nobody answers behind the near end of one of its links: what is lost there altogether hides
    /// where it went.
    [[nodiscard]] bool ends_before(FlowPath const& path) const;

  private:
    using Vertex = std::uint32_t;  ///< nodes, then probes
    using Vertices = std::vector<Vertex>;

    [[nodiscard]] Vertices at(Evidence const& evidence, Place const& place) const;
    void add(Evidence const& evidence, Link const& link);
    /// Nobody is heard between them, or, if `far` is silent_node, behind `near`.
    [[nodiscard]] bool crosses_silence(Vertex near, Vertex far) const;

    Vertex first_probe_;
    std::optional<Vertex> access_probe_;
    std::vector<std::pair<Vertex, Vertex>> links_;  ///< between places that answer
    Vertices near_;                                 ///< ends of the links
    Vertices into_silence_, out_of_silence_;        ///< ends of links whose other end is silent
    Vertices from_, to_;                            ///< ends of the segment
};

}  // namespace dtrace::analysis
