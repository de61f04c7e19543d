#include "catalog/assignment_board.hpp"

#include "catalog/packet_load.hpp"

#include <dtrace/json/write.hpp>

#include <sodium.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

namespace dtrace::master {

namespace {

/// Former measurements that are remembered at most; the first of them by id go first, which are the
/// oldest where ids are of version 7.
constexpr std::size_t max_former = 100'000;

using Digest = std::array<unsigned char, crypto_generichash_BYTES>;

AssignedMeasurement assigned(Measurement const& measurement) {
    return {.id = measurement.id,
            .name = measurement.name,
            .target = measurement.target,
            .parameters = measurement.parameters,
            .interval_s = measurement.interval_s};
}

Digest digest_of(std::string_view text) {
    Digest digest;
    crypto_generichash(digest.data(), digest.size(),
                       reinterpret_cast<unsigned char const*>(text.data()), text.size(), nullptr,
                       0);
    return digest;
}

bool any_is_mesh(std::vector<Measurement> const& measurements) {
    return std::ranges::any_of(measurements,
                               [](auto const& each) { return each.mesh.has_value(); });
}

std::uint64_t revision_of(std::string const& content) {
    auto const digest = digest_of(content);
    std::uint64_t revision = 0;
    for (std::size_t i = 0; i < 7; ++i)
        revision = revision << 8 | digest[i];
    revision >>= 3;  // 53 bits
    return revision == 0 ? 1 : revision;
}

double load_of(std::vector<std::uint32_t> const& positions,
               std::vector<Measurement> const& measurements) {
    double packets = 0;
    for (auto const i : positions)
        packets += packets_a_second(measurements[i]);
    return packets;
}

}  // namespace

void AssignmentBoard::place(std::vector<BoardProbe> probes) {
    probes_.clear();
    for (auto& probe : probes) {
        auto name = probe.name;
        probes_[std::move(name)].probe = std::move(probe);
    }
    expand();
}

void AssignmentBoard::set_measurements(std::vector<Measurement> measurements,
                                       std::optional<std::string> report_url) {
    defined_ = std::move(measurements);
    report_url_ = std::move(report_url);
    expand();
}

bool AssignmentBoard::has_mesh() const {
    return any_is_mesh(defined_);
}

std::vector<BoardProbe> AssignmentBoard::probes() const {
    std::vector<BoardProbe> probes;
    for (auto const& [name, share] : probes_)
        probes.push_back(share.probe);
    return probes;
}

std::vector<Measurement> AssignmentBoard::expanded(std::vector<Measurement> const& defined) const {
    auto const probes = any_is_mesh(defined) ? this->probes() : std::vector<BoardProbe>();
    std::vector<Measurement> all;
    for (auto const& measurement : defined) {
        if (measurement.mesh)
            std::ranges::move(expand_mesh(measurement, probes), std::back_inserter(all));
        else
            all.push_back(measurement);
    }
    std::ranges::sort(all, {}, &Measurement::id);
    return all;
}

void AssignmentBoard::expand() {
    auto present = expanded(defined_);
    std::swap(measurements_, present);
    std::vector<MeasurementName> former;
    for (auto& measurement : present)
        former.push_back({.id = measurement.id, .name = std::move(measurement.name)});
    // Where the probes of a mesh are is forgotten by a restart, but not what they have measured.
    for (auto const& mesh : defined_)
        if (mesh.mesh) std::ranges::move(parts_of(mesh), std::back_inserter(former));
    add_former(former);
    deal();
}

std::vector<MeasurementName> AssignmentBoard::parts_of(Measurement const& mesh) const {
    return mesh_parts(mesh, probes());
}

void AssignmentBoard::add_former(std::vector<MeasurementName> const& measurements) {
    for (auto const& [id, name] : measurements)
        former_.insert_or_assign(id, name);
    while (former_.size() > max_former)
        former_.erase(former_.begin());
}

AssignmentBoard::Selection AssignmentBoard::select(
    std::vector<Measurement> const& measurements) const {
    Selection selection;
    std::vector<std::uint32_t> for_all;
    for (auto const& [name, share] : probes_)
        selection[name];
    for (std::uint32_t i = 0; i < measurements.size(); ++i) {
        auto const& measurement = measurements[i];
        if (measurement.probe_tags.empty()) {
            if (measurement.probes.empty()) for_all.push_back(i);
            for (auto const& name : measurement.probes)
                if (auto const probe = selection.find(name); probe != selection.end())
                    probe->second.push_back(i);
        } else {
            for (auto const& [name, share] : probes_)
                if (selects(measurement, share.probe)) selection[name].push_back(i);
        }
    }
    for (auto& [name, mine] : selection) {
        auto const own = static_cast<std::ptrdiff_t>(mine.size());
        mine.insert(mine.end(), for_all.begin(), for_all.end());
        std::inplace_merge(mine.begin(), mine.begin() + own, mine.end());
        mine.erase(std::unique(mine.begin(), mine.end()), mine.end());
    }
    return selection;
}

void AssignmentBoard::deal() {
    std::vector<Digest> digests;
    for (auto const& measurement : measurements_)
        digests.push_back(digest_of(json::write(assigned(measurement))));
    auto selection = select(measurements_);
    for (auto& [name, mine] : selection) {
        auto& share = probes_.find(name)->second;
        std::string content = report_url_.value_or("") + '\n';
        for (auto const i : mine)
            content.append(digests[i].begin(), digests[i].end());
        share.packets_a_second = load_of(mine, measurements_);
        share.recurring = revision_of(content);
        share.measurements = std::move(mine);
        seal(name);
    }
}

/// Brings the revision up to date with what the probe has to do once.
void AssignmentBoard::seal(std::string_view probe) {
    auto const share = probes_.find(probe);
    if (share == probes_.end()) return;
    auto const items = once_.items_of(probe);
    share->second.revision =
        items.empty() ? share->second.recurring
                      : revision_of(std::to_string(share->second.recurring) + json::write(items));
}

Result<void> AssignmentBoard::order_once(OnceItem item, OnceOrders::Names probes) {
    for (auto const& probe : probes)
        if (!probes_.contains(probe))
            return make_error(boost::system::errc::invalid_argument, "there is no probe " + probe);
    return resume_once(std::move(item), std::move(probes));
}

Result<void> AssignmentBoard::resume_once(OnceItem item, OnceOrders::Names probes) {
    auto const measurement = item.measurement;
    auto const ordered = once_.add(std::move(item), probes);
    if (!ordered) return ordered.error();
    if (!knows(measurement.id)) add_former({measurement});
    for (auto const& probe : probes)
        seal(probe);
    return {};
}

bool AssignmentBoard::once_reported(std::vector<Trace> const& traces) {
    bool changed = false;
    for (auto const& trace : traces) {
        if (!once_.reported(trace.id, trace.probe)) continue;
        seal(trace.probe);
        changed = true;
    }
    return changed;
}

bool AssignmentBoard::expire_once(Timestamp now) {
    auto const probes = once_.expire(now);
    for (auto const& probe : probes)
        seal(probe);
    return !probes.empty();
}

bool AssignmentBoard::drop_once(Uuid const& item) {
    auto const probes = once_.drop(item);
    for (auto const& probe : probes)
        seal(probe);
    return !probes.empty();
}

std::optional<std::string> AssignmentBoard::find_overloaded(Measurement const& with) const {
    auto defined = defined_;
    std::erase_if(defined, [&](auto const& each) { return each.id == with.id; });
    defined.push_back(with);
    auto const measurements = expanded(defined);
    for (auto const& [name, mine] : select(measurements)) {
        auto const now = probes_.find(name)->second.packets_a_second;
        if (load_of(mine, measurements) > std::max(most_packets_a_second, now))
            return std::string(name);
    }
    return std::nullopt;
}

std::vector<std::string> AssignmentBoard::overloaded() const {
    std::vector<std::string> names;
    for (auto const& [name, share] : probes_)
        if (share.packets_a_second > most_packets_a_second) names.push_back(name);
    return names;
}

std::uint64_t AssignmentBoard::revision(std::string_view probe) const {
    auto const share = probes_.find(probe);
    return share == probes_.end() ? 0 : share->second.revision;
}

std::size_t AssignmentBoard::measurement_count(std::string_view probe) const {
    auto const share = probes_.find(probe);
    return share == probes_.end() ? 0 : share->second.measurements.size();
}

std::optional<Assignment> AssignmentBoard::assignment(std::string_view probe) const {
    auto const share = probes_.find(probe);
    if (share == probes_.end()) return std::nullopt;
    Assignment result{.revision = share->second.revision,
                      .probe = std::string(probe),
                      .report_url = report_url_,
                      .measurements = {},
                      .once = once_.items_of(probe)};
    result.measurements.reserve(share->second.measurements.size());
    for (auto const i : share->second.measurements)
        result.measurements.push_back(assigned(measurements_[i]));
    return result;
}

bool AssignmentBoard::knows(Uuid const& measurement) const {
    return std::ranges::binary_search(measurements_, measurement, {}, &Measurement::id) ||
           former_.contains(measurement);
}

std::optional<Uuid> AssignmentBoard::find_measurement(std::string_view name) const {
    auto const present = std::ranges::find(measurements_, name, &Measurement::name);
    if (present != measurements_.end()) return present->id;
    auto const former = std::ranges::find(
        former_, name, [](auto const& entry) { return std::string_view(entry.second); });
    if (former != former_.end()) return former->first;
    return std::nullopt;
}

std::vector<std::string> AssignmentBoard::missing_probes() const {
    std::set<std::string> missing;
    for (auto const& measurement : measurements_)
        for (auto const& name : measurement.probes)
            if (!probes_.contains(name)) missing.insert(name);
    return {missing.begin(), missing.end()};
}

}  // namespace dtrace::master
