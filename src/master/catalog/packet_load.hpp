#pragma once

#include <dtrace/json/fault.hpp>
#include <dtrace/model/measurement.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace dtrace::master {

// How many packets measurements make a probe send, at most: to every hop that they allow. Pure.

/// Of one round.
inline constexpr std::uint64_t most_packets_a_round = 250'000;
/// Of one probe, by all of its measurements; its --rate unless it says otherwise.
inline constexpr double most_packets_a_second = 10'000;

/// `flows` auto counts as 256.
[[nodiscard]] std::uint64_t packets_a_round(ProbingParameters const& parameters);

/// On the average; `flows` auto counts as 16 here, as paths rarely take more.
[[nodiscard]] double packets_a_second(Measurement const& measurement);

/// Why one round would be too much (there are too many flows), or would not be over when the next
/// one is due (the interval is too short).
struct LoadFault {
    enum class What : std::uint8_t { flows, interval } what;
    std::string reason;
};
[[nodiscard]] std::optional<LoadFault> find_load_fault(ProbingParameters const& parameters,
                                                       std::uint32_t interval_s);
/// Of a round that has no interval.
[[nodiscard]] std::optional<LoadFault> find_load_fault(ProbingParameters const& parameters);

}  // namespace dtrace::master
