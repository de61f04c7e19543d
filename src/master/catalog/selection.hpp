#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/model/measurement.hpp>
#include <dtrace/model/trace.hpp>

#include <optional>
#include <string>
#include <string_view>
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

/// What a mesh calls the measurement of one of its probes; both follow from the mesh and the name.
[[nodiscard]] MeasurementName mesh_part(MeasurementName const& mesh, std::string_view probe);

/// All parts that a mesh can have, also those that wait for their probe's address.
[[nodiscard]] std::vector<MeasurementName> mesh_parts(Measurement const& mesh,
                                                      std::vector<BoardProbe> const& probes);

/// A mesh as ordinary measurements: one for each of its probes that has an address, for all its
/// other probes, called as mesh_part() says.
[[nodiscard]] std::vector<Measurement> expand_mesh(Measurement const& mesh,
                                                   std::vector<BoardProbe> const& probes);

}  // namespace dtrace::master
