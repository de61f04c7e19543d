#pragma once

#include <dtrace/sim/topology.hpp>

#include <cstdint>
#include <string>

namespace dtrace::demo {

/// What a person sees who tries the product without a network: three probes, three targets,
/// parallel ways, a tunnel, a silent router and a half-deaf one. Every five minutes a link loses a
/// fifth of its packets from 1:00 to 2:30, and another one is down from 3:00 to 4:30; `pace`
/// divides these times (at least 1). It happens again and again for five hours (at pace 1).
[[nodiscard]] sim::Topology internet(std::uint32_t pace);

/// The targets file that goes with it.
[[nodiscard]] std::string targets_file();

}  // namespace dtrace::demo
