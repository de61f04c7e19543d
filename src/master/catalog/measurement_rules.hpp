#pragma once

#include "resources/views_catalog.hpp"

#include <dtrace/json/fault.hpp>

#include <optional>
#include <string_view>

namespace dtrace::master {

/// Why this cannot be measured, naming the member, if it cannot.
[[nodiscard]] std::optional<json::Fault> find_fault(MeasurementInput const& input);

/// `input` and `*` for every probe, as a measurement has it.
[[nodiscard]] Measurement to_measurement(MeasurementInput input, Uuid const& id);
[[nodiscard]] MeasurementInput to_input(Measurement const& measurement);

/// What a measurement is to become by the body of a PUT, or of a PATCH (RFC 7396) of what it is.
[[nodiscard]] json::ReadResult<MeasurementInput> read_change(Measurement const& old, bool is_patch,
                                                             std::string_view body);

}  // namespace dtrace::master
