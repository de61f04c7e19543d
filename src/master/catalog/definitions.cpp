#include "catalog/definitions.hpp"

#include <dtrace/core/peer_address.hpp>

#include <algorithm>
#include <utility>

namespace dtrace::master {

namespace {

/// Nobody else reaches a probe there.
bool is_local(IpAddress const& address) {
    return address.is_loopback() || address.is_unspecified();
}

}  // namespace

void Definitions::set_file_probes(std::vector<ProbeEntry> entries) {
    book_.replace(std::move(entries));
    deal_probes();
}

void Definitions::set_file_measurements(std::vector<Measurement> measurements,
                                        std::optional<std::string> report_url) {
    file_measurements_ = std::move(measurements);
    std::ranges::sort(file_measurements_, {}, &Measurement::id);
    report_url_ = std::move(report_url);
    deal_measurements();
}

void Definitions::add_local_probe(std::string_view name, std::string_view secret) {
    book_.add_local(name, secret);
    deal_probes();
}

void Definitions::replace(std::vector<ProbeDefinition> probes,
                          std::vector<MeasurementDefinition> measurements) {
    probes_.clear();
    for (auto& probe : probes) {
        auto name = probe.name;
        probes_.insert_or_assign(std::move(name), std::move(probe));
    }
    measurements_.clear();
    for (auto& definition : measurements) {
        auto const id = definition.measurement.id;
        measurements_.insert_or_assign(id, std::move(definition));
    }
    deal_probes();
    deal_measurements();
}

void Definitions::put(ProbeDefinition probe) {
    auto name = probe.name;
    probes_.insert_or_assign(std::move(name), std::move(probe));
    deal_probes();
}

void Definitions::remove_probe(std::string_view name) {
    if (auto const found = probes_.find(name); found != probes_.end()) probes_.erase(found);
    deal_probes();
}

void Definitions::put(MeasurementDefinition definition) {
    auto const id = definition.measurement.id;
    measurements_.insert_or_assign(id, std::move(definition));
    deal_measurements();
}

void Definitions::remove_measurement(Uuid const& id) {
    measurements_.erase(id);
    deal_measurements();
}

std::optional<Origin> Definitions::origin_of(std::string_view probe) const {
    if (book_.is_local(probe)) return Origin::local;
    if (book_.is_of_file(probe)) return Origin::file;
    if (probes_.contains(probe)) return Origin::api;
    return std::nullopt;
}

ProbeDefinition const* Definitions::probe(std::string_view name) const {
    auto const found = probes_.find(name);
    return found == probes_.end() ? nullptr : &found->second;
}

MeasurementDefinition const* Definitions::measurement(Uuid const& id) const {
    auto const found = measurements_.find(id);
    return found == measurements_.end() ? nullptr : &found->second;
}

Measurement const* Definitions::file_measurement(Uuid const& id) const {
    auto const found = std::ranges::lower_bound(file_measurements_, id, {}, &Measurement::id);
    return found == file_measurements_.end() || found->id != id ? nullptr : &*found;
}

/// A file goes before the API where both have the same id.
std::vector<Measurement> Definitions::measurements() const {
    auto all = file_measurements_;
    for (auto const& [id, definition] : measurements_)
        if (!file_measurement(id)) all.push_back(definition.measurement);
    std::ranges::sort(all, {}, &Measurement::id);
    return all;
}

std::optional<Uuid> Definitions::find(std::string_view measurement_name) const {
    for (auto const& measurement : file_measurements_)
        if (measurement.name == measurement_name) return measurement.id;
    for (auto const& [id, definition] : measurements_)
        if (definition.measurement.name == measurement_name) return id;
    return std::nullopt;
}

void Definitions::forget_damaged(Uuid const& id) {
    std::erase_if(damaged_, [&](auto const& entry) { return entry.first == id; });
}

std::vector<store::EntryKind> Definitions::damaged(Uuid const& id) const {
    std::vector<store::EntryKind> kinds;
    for (auto const& [damaged, kind] : damaged_)
        if (damaged == id) kinds.push_back(kind);
    return kinds;
}

bool Definitions::saw(std::string_view probe, IpAddress const& address, TimePoint now) {
    auto const came_from = without_mapping(address);
    if (is_local(came_from)) return false;
    auto const known = seen_.find(probe);
    if (known == seen_.end())
        seen_.emplace(probe, Whereabouts{.address = came_from});
    else if (!has_moved(known->second, came_from, now))
        return false;
    if (!board_.has_mesh()) return false;
    deal_probes();
    return true;
}

/// A probe behind several addresses comes from now one, now another: it has moved when it has come
/// from a new one alone for a while.
bool Definitions::has_moved(Whereabouts& seen, IpAddress const& came_from, TimePoint now) {
    if (came_from == seen.address) {
        seen.other.reset();
        return false;
    }
    if (seen.other != came_from) {
        seen.other = came_from;
        seen.other_since = now;
    }
    if (now - seen.other_since < moves_after) return false;
    seen = Whereabouts{.address = came_from};
    return true;
}

void Definitions::deal_probes() {
    std::vector<Probe> registered;
    for (auto const& [name, probe] : probes_)
        registered.push_back(
            {.name = name, .password_hash = probe.password_hash, .tags = probe.tags});
    book_.replace_registered(std::move(registered));

    std::vector<BoardProbe> probes;
    for (auto& name : book_.names()) {
        BoardProbe probe{.name = std::move(name), .tags = {}, .address = std::nullopt};
        if (auto const* tags = book_.tags(probe.name)) probe.tags = *tags;
        auto const defined = probes_.find(probe.name);
        auto const seen = seen_.find(probe.name);
        if (defined != probes_.end() && defined->second.mesh_address)
            probe.address = defined->second.mesh_address;
        else if (seen != seen_.end())
            probe.address = seen->second.address;
        probes.push_back(std::move(probe));
    }
    std::erase_if(seen_, [&](auto const& entry) { return !book_.contains(entry.first); });
    board_.place(std::move(probes));
}

void Definitions::deal_measurements() {
    board_.set_measurements(measurements(), report_url_);
}

}  // namespace dtrace::master
