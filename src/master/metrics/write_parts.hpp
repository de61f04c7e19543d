#pragma once

#include "metrics/exposition.hpp"
#include "metrics/snapshot.hpp"

#include <chrono>
#include <cstdint>

namespace dtrace::master {

// Parts of write_metrics().

void write_http(Exposition& out, MetricsSnapshot const& now);
void write_watch(Exposition& out, MetricsSnapshot const& now);
void write_alerts(Exposition& out, std::vector<AlertReceiverStatus> const& receivers);
void write_probes(Exposition& out, MetricsSnapshot const& now);
void write_latest(Exposition& out, LatestFigures const& latest);

[[nodiscard]] inline double number(std::uint64_t count) {
    return static_cast<double>(count);
}

[[nodiscard]] inline double unix_seconds(Timestamp time) {
    return std::chrono::duration<double>(time.time_since_epoch()).count();
}

}  // namespace dtrace::master
