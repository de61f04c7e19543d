#include "config/targets_file.hpp"

#include "catalog/names.hpp"
#include "catalog/packet_load.hpp"
#include "config/report_url.hpp"

#include <dtrace/json/read.hpp>

#include <boost/describe/class.hpp>

#include <algorithm>
#include <concepts>
#include <map>
#include <set>

namespace dtrace::master {

namespace {

// The file's own words are the members' names.

/// What may stand at the top, for all targets, and in each target.
struct Knobs {
    std::optional<std::int64_t> Retries, MaxHops, TimeoutMs;
    std::optional<dtrace::Method> Method;
    std::optional<std::int64_t> Port, Attempts, IntervalSeconds;
    std::optional<FlowCount> Flows;
    std::optional<std::int64_t> Confidence;
    std::optional<dtrace::Family> Family;
    std::optional<std::vector<std::string>> Probes, ProbeTags, Tags;
};
BOOST_DESCRIBE_STRUCT(Knobs, (),
                      (Retries, MaxHops, TimeoutMs, Method, Port, Flows, Confidence, Attempts,
                       IntervalSeconds, Family, Probes, ProbeTags, Tags))

struct FileTarget : Knobs {
    std::string Name;
    std::optional<std::string> Address, Mesh;
};
BOOST_DESCRIBE_STRUCT(FileTarget, (Knobs), (Name, Address, Mesh))

struct File : Knobs {
    std::optional<std::string> ReportURL;
    std::optional<std::map<std::string, FileTarget>> Targets;
};
BOOST_DESCRIBE_STRUCT(File, (Knobs), (ReportURL, Targets))

struct Range {
    char const* key;
    std::optional<std::int64_t> Knobs::*member;
    std::int64_t low, high;
};
constexpr Range ranges[] = {
    {"Retries", &Knobs::Retries, 0, 10},
    {"MaxHops", &Knobs::MaxHops, 1, 100},
    {"TimeoutMs", &Knobs::TimeoutMs, 1, 10'000},
    {"Port", &Knobs::Port, 1, 65'535},
    {"Attempts", &Knobs::Attempts, 1, 100},
    {"IntervalSeconds", &Knobs::IntervalSeconds, 1, 86'400},
};

using Fault = std::optional<json::Fault>;

Fault fault_at(json::Place const& at, std::optional<std::string> reason) {
    if (!reason) return std::nullopt;
    return json::Fault{at.text(), std::move(*reason)};
}

Fault find_entry_fault(Knobs const& knobs, json::Place const& at) {
    for (auto const& [key, member, low, high] : ranges)
        if (auto const& value = knobs.*member; value && (*value < low || *value > high))
            return fault_at(at.member(key),
                            "must be " + std::to_string(low) + " to " + std::to_string(high));
    if (auto const& sure = knobs.Confidence; sure && *sure != 95 && *sure != 99)
        return fault_at(at.member("Confidence"), "must be 95 or 99");
    if (knobs.Probes) {
        json::Place const probes = at.member("Probes");
        if (knobs.Probes->empty())
            return fault_at(probes, "must name a probe; leave it out for every probe");
        bool const every_probe = *knobs.Probes == std::vector<std::string>{"*"};
        if (!every_probe)
            if (auto fault = find_list_fault(*knobs.Probes, probes, find_probe_name_fault))
                return fault;
    }
    if (knobs.ProbeTags)
        if (auto fault = find_list_fault(*knobs.ProbeTags, at.member("ProbeTags"), find_name_fault))
            return fault;
    if (knobs.Tags) return find_list_fault(*knobs.Tags, at.member("Tags"), find_name_fault);
    return std::nullopt;
}

Fault find_entry_fault(FileTarget const& target, json::Place const& at) {
    if (auto fault = fault_at(at.member("Name"), find_name_fault(target.Name))) return fault;
    if (target.Mesh) {
        if (auto fault = fault_at(at.member("Mesh"), find_name_fault(*target.Mesh))) return fault;
        if (target.Address) return fault_at(at.member("Address"), "must not stand beside Mesh");
    } else if (!target.Address) {
        return fault_at(at.member("Address"), "is required (or Mesh)");
    } else if (auto fault = fault_at(at.member("Address"), find_target_fault(*target.Address))) {
        return fault;
    }
    return find_entry_fault(static_cast<Knobs const&>(target), at);
}

/// The target's own knob, else the one for all targets.
template <class T>
std::optional<T> nearest(FileTarget const& target, File const& file,
                         std::optional<T> Knobs::*member) {
    return target.*member ? target.*member : file.*member;
}

std::optional<std::int64_t> attempts_of(Knobs const& knobs) {
    if (knobs.Attempts) return knobs.Attempts;
    if (knobs.Retries) return *knobs.Retries + 1;
    return std::nullopt;
}

ProbingParameters parameters_of(FileTarget const& target, File const& file) {
    ProbingParameters parameters;
    auto const take = [&]<std::unsigned_integral T>(T& out, auto member) {
        if (auto const value = nearest(target, file, member)) out = static_cast<T>(*value);
    };
    parameters.method = nearest(target, file, &Knobs::Method).value_or(parameters.method);
    parameters.family = nearest(target, file, &Knobs::Family);
    if (parameters.method != Method::icmp && nearest(target, file, &Knobs::Port))
        take(parameters.port.emplace(), &Knobs::Port);
    parameters.flows = nearest(target, file, &Knobs::Flows).value_or(parameters.flows);
    if (nearest(target, file, &Knobs::Confidence))
        take(parameters.confidence.emplace(), &Knobs::Confidence);
    take(parameters.max_hops, &Knobs::MaxHops);
    take(parameters.timeout_ms, &Knobs::TimeoutMs);
    auto const own = attempts_of(target);
    if (auto const attempts = own ? own : attempts_of(file))
        parameters.attempts = static_cast<std::uint16_t>(*attempts);
    return parameters;
}

Measurement measurement_of(Uuid const& id, FileTarget const& target, File const& file) {
    Measurement measurement{
        .id = id,
        .name = target.Name,
        .target = target.Address.value_or(""),
        .parameters = parameters_of(target, file),
        .probes = nearest(target, file, &Knobs::Probes).value_or(std::vector<std::string>{}),
        .probe_tags = nearest(target, file, &Knobs::ProbeTags).value_or(std::vector<std::string>{}),
        .mesh = target.Mesh,
        .tags = nearest(target, file, &Knobs::Tags).value_or(std::vector<std::string>{})};
    if (measurement.probes == std::vector<std::string>{"*"}) measurement.probes.clear();
    if (auto const interval = nearest(target, file, &Knobs::IntervalSeconds))
        measurement.interval_s = static_cast<std::uint32_t>(*interval);
    return measurement;
}

Fault find_target_load_fault(Measurement const& measurement, json::Place const& at) {
    auto fault = find_load_fault(measurement.parameters, measurement.interval_s);
    if (!fault) return std::nullopt;
    bool const of_round = fault->what == LoadFault::What::flows;
    return fault_at(at.member(of_round ? "Flows" : "IntervalSeconds"), std::move(fault->reason));
}

}  // namespace

json::ReadResult<TargetsFile> parse_targets_file(std::string_view text) {
    auto const file = json::read<File>(text, json::UnknownKeys::refuse);
    if (!file) return file.error();
    json::Place const root;
    if (auto fault = find_entry_fault(static_cast<Knobs const&>(*file), root)) return *fault;
    if (!file->Targets) return json::Fault{"Targets", "is required"};

    TargetsFile result;
    auto url = find_report_url(file->ReportURL.value_or(""));
    if (!url) return json::Fault{"ReportURL", std::move(url.error().message)};
    result.report_url = std::move(*url);

    std::set<Uuid> ids;
    std::set<std::string_view> names;
    json::Place const targets = root.member("Targets");
    for (auto const& [key, target] : *file->Targets) {
        json::Place const at = targets.key(key);
        auto const id = parse<Uuid>(key);
        if (!id) return json::Fault{at.text(), "the key " + id.error().message};
        if (*id == Uuid{}) return json::Fault{at.text(), "the key must not be the zero UUID"};
        if (auto fault = find_entry_fault(target, at)) return *fault;
        if (!ids.insert(*id).second) return json::Fault{at.text(), "this UUID stands here twice"};
        if (!names.insert(target.Name).second)
            return json::Fault{at.member("Name").text(),
                               "the name " + target.Name + " stands here twice"};
        auto measurement = measurement_of(*id, target, *file);
        if (auto fault = find_target_load_fault(measurement, at)) return *fault;
        result.measurements.push_back(std::move(measurement));
    }
    std::ranges::sort(result.measurements, {}, &Measurement::id);
    return result;
}

}  // namespace dtrace::master
