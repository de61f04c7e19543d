#pragma once

#include <dtrace/core/uuid.hpp>
#include <dtrace/model/assignment.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::dist_traceroute {

/// A measurement as a slave can be told of it.
struct SlaveTarget {
    Uuid id;
    std::string name;  ///< letters and digits only: a slave refuses everything for one other name
    std::string address;      ///< name or IPv4 address
    std::string measurement;  ///< its name, as it is
    std::uint32_t retries = 1;
    std::uint32_t max_hops = 30;
    std::uint32_t timeout_ms = 500;

    friend bool operator==(SlaveTarget const&, SlaveTarget const&) = default;
};

/// Those of an assignment that a slave can measure: it knows UDP over IPv4, one flow, and no other
/// interval than a minute. Parameters are moved into the ranges that it accepts. Names lose what is
/// not a letter or digit of ASCII; those that are then equal are numbered.
[[nodiscard]] std::vector<SlaveTarget> slave_targets(Assignment const& assignment);

/// The configuration of the first generation, which knows one set of parameters for all targets:
/// the largest of each.
[[nodiscard]] std::string first_config(std::vector<SlaveTarget> const& targets);

/// That of the last generation; `slave` is the slave's own id.
[[nodiscard]] std::string last_config(std::vector<SlaveTarget> const& targets, Uuid const& slave);

}  // namespace dtrace::dist_traceroute
