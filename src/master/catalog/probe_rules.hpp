#pragma once

#include "resources/views_catalog.hpp"

#include <dtrace/json/fault.hpp>

#include <optional>
#include <string_view>

namespace dtrace::master {

/// Why this cannot be a probe, naming the member, if it cannot.
[[nodiscard]] std::optional<json::Fault> find_fault(ProbeInput const& input);

/// What a probe is to become by the body of a PUT, or of a PATCH (RFC 7396) of what it is.
[[nodiscard]] json::ReadResult<ProbeInput> read_change(ProbeDefinition const& old, bool is_patch,
                                                       std::string_view body);

}  // namespace dtrace::master
