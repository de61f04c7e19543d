#pragma once

#include <dtrace/json/fault.hpp>
#include <dtrace/model/measurement.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::master {

/// What the targets file orders.
struct TargetsFile {
    std::optional<std::string> report_url;  ///< as find_report_url made it
    std::vector<Measurement> measurements;  ///< in the order of their ids

    friend bool operator==(TargetsFile const&, TargetsFile const&) = default;
};

/// Reads dist-traceroute's dt-targets.json: `ReportURL`, `Targets` (uuid → `Name`, `Address`), and
/// `Retries`, `MaxHops`, `TimeoutMs`, `Method`, `Port`, `Flows`, `Attempts`, `IntervalSeconds`,
/// `Family`, `Probes`, `Tags` at the top for all targets and in a target for itself. Packets per
/// hop are `Attempts`, or else `Retries` + 1. Keys are case-sensitive, and an unknown one is a
/// fault, as are a uuid, a name or a key that stands twice.
[[nodiscard]] json::ReadResult<TargetsFile> parse_targets_file(std::string_view text);

}  // namespace dtrace::master
