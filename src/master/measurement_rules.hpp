#pragma once

#include "views_catalog.hpp"

#include <dtrace/json/fault.hpp>

#include <optional>

namespace dtrace::master {

/// Why this cannot be measured, naming the member, if it cannot.
[[nodiscard]] std::optional<json::Fault> find_fault(MeasurementInput const& input);

/// `input` and `*` for every probe, as a measurement has it.
[[nodiscard]] Measurement to_measurement(MeasurementInput input, Uuid const& id);
[[nodiscard]] MeasurementInput to_input(Measurement const& measurement);

}  // namespace dtrace::master
