#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/model/measurement.hpp>

#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

/// What the choice of probes depends on.
struct BoardProbe {
    std::string name;
    std::vector<std::string> tags;
    std::optional<IpAddress> address;  ///< where the other probes of a mesh measure it
};

/// Whether a measurement that is no mesh is for this probe: by name, by a tag, or as one of all.
[[nodiscard]] bool selects(Measurement const& measurement, BoardProbe const& probe);

/// A mesh as ordinary measurements: one for each of its probes that has an address, for all its
/// other probes, called "mesh/probe". Their ids follow from that of the mesh and the probe's name.
[[nodiscard]] std::vector<Measurement> expand_mesh(Measurement const& mesh,
                                                   std::vector<BoardProbe> const& probes);

}  // namespace dtrace::master
