#include "catalog/probe_rules.hpp"

#include "catalog/merge_patch.hpp"
#include "catalog/names.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace dtrace::master {

namespace {

constexpr std::size_t longest_description = 1'000;

ProbeInput input_of(ProbeDefinition const& probe) {
    return {.name = probe.name,
            .secret = std::nullopt,
            .tags = probe.tags,
            .description = probe.description,
            .mesh_address = probe.mesh_address};
}

}  // namespace

std::optional<json::Fault> find_fault(ProbeInput const& input) {
    if (auto reason = find_probe_name_fault(input.name.value_or("")))
        return json::Fault{"name", *std::move(reason)};
    json::Place const body;
    if (auto fault = find_list_fault(input.tags, body.member("tags"), find_name_fault))
        return fault;
    if (input.secret)
        if (auto reason = find_secret_fault(*input.secret))
            return json::Fault{"secret", *std::move(reason)};
    if (input.description && input.description->size() > longest_description)
        return json::Fault{"description", "must have at most 1000 bytes"};
    if (input.mesh_address)
        if (auto reason = find_no_host(*input.mesh_address))
            return json::Fault{"mesh_address", *std::move(reason)};
    return std::nullopt;
}

json::ReadResult<ProbeInput> read_change(ProbeDefinition const& old, bool is_patch,
                                         std::string_view body) {
    std::string text(body);
    if (is_patch) {
        auto merged = merge_patch(json::write(input_of(old)), body);
        if (!merged) return merged.error();
        text = std::move(merged).value();
    }
    auto input = json::read<ProbeInput>(text, json::UnknownKeys::refuse);
    if (!input) return input;
    if (!input->name) input->name = old.name;
    if (auto fault = find_fault(*input)) return *fault;
    if (*input->name != old.name)
        return json::Fault{"name", "must stay; add a probe of the new name instead"};
    return input;
}

}  // namespace dtrace::master
