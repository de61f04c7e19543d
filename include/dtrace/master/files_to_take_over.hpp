#pragma once

#include <dtrace/dist_traceroute/slave_config.hpp>
#include <dtrace/dist_traceroute/slave_message.hpp>

#include <string>
#include <vector>

namespace dtrace::master {

/// A probes or targets file of what another master had, which a master of ours takes.
struct FileToTakeOver {
    std::string text;
    /// Whom it does without, because it would be refused for them, and why: a line for each,
    /// without control characters.
    std::vector<std::string> left_out;
};

[[nodiscard]] FileToTakeOver probes_to_take_over(
    std::vector<dist_traceroute::SlaveLogin> const& slaves);
[[nodiscard]] FileToTakeOver targets_to_take_over(
    std::vector<dist_traceroute::SlaveTarget> const& targets);

}  // namespace dtrace::master
