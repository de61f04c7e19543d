#pragma once

#include <dtrace/core/error.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace dtrace::master {

/// Where probes are told to report by a `ReportURL`; nothing means: to the master they came from.
/// That is so for an empty one, and for the paths where dist-traceroute's own master took results
/// (/results/…, /slave/results): its files name their own master there, on any host name. What is
/// not an http URL is an error.
[[nodiscard]] Result<std::optional<std::string>> find_report_url(std::string_view url);

}  // namespace dtrace::master
