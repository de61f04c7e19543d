#include "catalog/measurement_rules.hpp"

#include "catalog/merge_patch.hpp"
#include "catalog/names.hpp"
#include "catalog/packet_load.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>
#include <dtrace/master/probe_name.hpp>

#include <string>
#include <utility>

namespace dtrace::master {

namespace {

using Fault = std::optional<json::Fault>;

constexpr std::uint32_t usual_interval_s = 60;
constexpr std::uint32_t longest_interval_s = 86'400;

std::uint32_t interval_of(MeasurementInput const& input) {
    return input.interval_s.value_or(usual_interval_s);
}

bool is_everyone(std::vector<std::string> const& probes) {
    return probes == std::vector<std::string>{"*"};
}

Fault find_target_or_mesh_fault(MeasurementInput const& input) {
    if (!input.mesh) {
        if (auto reason = find_target_fault(input.target))
            return json::Fault{"target", *std::move(reason)};
        return std::nullopt;
    }
    if (auto reason = find_name_fault(*input.mesh)) return json::Fault{"mesh", *std::move(reason)};
    if (!input.target.empty()) return json::Fault{"target", "must not stand beside mesh"};
    if (!input.probes.empty()) return json::Fault{"probes", "must not stand beside mesh"};
    if (!input.probe_tags.empty()) return json::Fault{"probe_tags", "must not stand beside mesh"};
    return std::nullopt;
}

Fault find_once_fault(MeasurementInput const& input) {
    if (!input.once) {
        if (input.count) return json::Fault{"count", "goes with once only"};
        if (input.deadline_s) return json::Fault{"deadline_s", "goes with once only"};
        return std::nullopt;
    }
    if (input.mesh) return json::Fault{"mesh", "must not stand beside once"};
    if (input.interval_s) return json::Fault{"interval_s", "must not stand beside once"};
    if (!input.tags.empty()) return json::Fault{"tags", "must not stand beside once"};
    auto const count = input.count.value_or(1);
    if (count < 1 || count > 1'000) return json::Fault{"count", "must be 1 to 1000"};
    auto const deadline = input.deadline_s.value_or(1);
    if (deadline < 1 || deadline > 3'600) return json::Fault{"deadline_s", "must be 1 to 3600"};
    return std::nullopt;
}

Fault find_input_load_fault(MeasurementInput const& input) {
    auto fault = input.once ? find_load_fault(input.parameters)
                            : find_load_fault(input.parameters, interval_of(input));
    if (!fault) return std::nullopt;
    bool const of_round = fault->what == LoadFault::What::flows;
    return json::Fault{of_round ? "parameters.flows" : "interval_s", std::move(fault->reason)};
}

}  // namespace

std::optional<json::Fault> find_fault(MeasurementInput const& input) {
    if (auto fault = find_once_fault(input)) return fault;
    if (auto reason = find_name_fault(input.name)) return json::Fault{"name", *std::move(reason)};
    if (auto fault = find_target_or_mesh_fault(input)) return fault;
    if (auto const fault = dtrace::find_fault(input.parameters)) {
        auto const colon = fault->find(": ");
        return json::Fault{"parameters." + fault->substr(0, colon), fault->substr(colon + 2)};
    }
    if (input.parameters.method == Method::icmp && input.parameters.port)
        return json::Fault{"parameters.port", "ICMP has no ports"};
    if (interval_of(input) < 1 || interval_of(input) > longest_interval_s)
        return json::Fault{"interval_s", "must be 1 to 86400"};
    if (auto fault = find_input_load_fault(input)) return fault;
    json::Place const body;
    if (!is_everyone(input.probes))
        if (auto fault =
                find_list_fault(input.probes, body.member("probes"), find_probe_name_fault))
            return fault;
    if (auto fault = find_list_fault(input.probe_tags, body.member("probe_tags"), find_name_fault))
        return fault;
    return find_list_fault(input.tags, body.member("tags"), find_name_fault);
}

Measurement to_measurement(MeasurementInput input, Uuid const& id) {
    Measurement measurement{.id = id,
                            .name = std::move(input.name),
                            .target = std::move(input.target),
                            .parameters = input.parameters,
                            .interval_s = interval_of(input),
                            .probes = std::move(input.probes),
                            .probe_tags = std::move(input.probe_tags),
                            .mesh = std::move(input.mesh),
                            .tags = std::move(input.tags)};
    if (is_everyone(measurement.probes)) {
        measurement.probes.clear();
        measurement.probe_tags.clear();
    }
    return measurement;
}

MeasurementInput to_input(Measurement const& measurement) {
    return {.name = measurement.name,
            .target = measurement.target,
            .parameters = measurement.parameters,
            .interval_s = measurement.interval_s,
            .probes = measurement.probes,
            .probe_tags = measurement.probe_tags,
            .mesh = measurement.mesh,
            .tags = measurement.tags};
}

json::ReadResult<MeasurementInput> read_change(Measurement const& old, bool is_patch,
                                               std::string_view body) {
    std::string text(body);
    if (is_patch) {
        auto merged = merge_patch(json::write(to_input(old)), body);
        if (!merged) return merged.error();
        text = std::move(merged).value();
    }
    auto input = json::read<MeasurementInput>(text, json::UnknownKeys::refuse);
    if (!input) return input;
    if (input->once) return json::Fault{"once", "cannot become true; add a measurement for that"};
    if (auto fault = find_fault(*input)) return *fault;
    return input;
}

}  // namespace dtrace::master
