#pragma once

#include <dtrace/analysis/hop_statistics.hpp>
#include <dtrace/formats/report_head.hpp>

#include <boost/describe/class.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::formats {

/// Several rounds, summed up by hop; the JSON of `trace --report -j`.
struct HopReport : ReportHead {
    std::uint32_t left_out = 0;  ///< further rounds, in which this host itself lost replies
    std::vector<analysis::HopStatistics> hops;
};
BOOST_DESCRIBE_STRUCT(HopReport, (ReportHead), (left_out, hops))

/// A line a hop, in mtr's columns: what was not answered (with its interval, as it is no loss where
/// the traffic passes), packets, RTTs in milliseconds. Further responders of a hop stand below it,
/// with their share of the answers. Where that does not fit into `columns`, names stand without
/// their addresses and as far as there is room, and deviation and jitter are left out.
[[nodiscard]] std::string to_hop_report_text(HopReport const& report,
                                             std::optional<std::size_t> columns = std::nullopt);

/// A header and a line a hop (RFC 4180).
[[nodiscard]] std::string to_hop_report_csv(HopReport const& report);

}  // namespace dtrace::formats
