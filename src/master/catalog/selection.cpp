#include "catalog/selection.hpp"

#include <dtrace/core/uuid.hpp>

#include <algorithm>
#include <utility>

namespace dtrace::master {

namespace {

bool has_tag(BoardProbe const& probe, std::string const& tag) {
    return std::ranges::find(probe.tags, tag) != probe.tags.end();
}

}  // namespace

bool selects(Measurement const& measurement, BoardProbe const& probe) {
    auto const& names = measurement.probes;
    auto const& tags = measurement.probe_tags;
    if (names.empty() && tags.empty()) return true;
    return std::ranges::find(names, probe.name) != names.end() ||
           std::ranges::any_of(tags, [&](auto const& tag) { return has_tag(probe, tag); });
}

MeasurementName mesh_part(MeasurementName const& mesh, std::string_view probe) {
    auto const name = std::string(probe);
    return {.id = make_uuid_from_name("mesh " + to_text(mesh.id) + ' ' + name),
            .name = mesh.name + '/' + name};
}

std::vector<MeasurementName> mesh_parts(Measurement const& mesh,
                                        std::vector<BoardProbe> const& probes) {
    std::vector<MeasurementName> parts;
    MeasurementName const whole{.id = mesh.id, .name = mesh.name};
    for (auto const& probe : probes)
        if (has_tag(probe, *mesh.mesh)) parts.push_back(mesh_part(whole, probe.name));
    return parts;
}

std::vector<Measurement> expand_mesh(Measurement const& mesh,
                                     std::vector<BoardProbe> const& probes) {
    std::vector<Measurement> parts;
    std::vector<std::string> names;
    for (auto const& probe : probes)
        if (has_tag(probe, *mesh.mesh)) names.push_back(probe.name);
    if (names.size() < 2) return parts;
    for (auto const& probe : probes) {
        if (!has_tag(probe, *mesh.mesh) || !probe.address) continue;
        auto [id, name] = mesh_part({.id = mesh.id, .name = mesh.name}, probe.name);
        Measurement part = mesh;
        part.id = id;
        part.name = std::move(name);
        part.target = to_text(*probe.address);
        part.mesh.reset();
        part.probes = names;
        std::erase(part.probes, probe.name);
        parts.push_back(std::move(part));
    }
    return parts;
}

}  // namespace dtrace::master
