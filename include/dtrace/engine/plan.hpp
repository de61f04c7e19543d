#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/core/units.hpp>
#include <dtrace/model/flow.hpp>
#include <dtrace/model/measurement.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace dtrace::engine {

/// What has not answered by then most likely never will.
inline constexpr milliseconds soon{250};

/// What a round is to do, checked and in the engine's units.
struct Plan {
    Method method = Method::udp;
    FlowIndex flows = 1;  ///< to lease; with `automatic`, as many as may be needed
    Attempt attempts = 3;
    Ttl first_hop = 1;
    Ttl max_hops = 30;
    std::uint8_t gap_limit = 5;            ///< 0: never
    Duration timeout = milliseconds(500);  ///< the longest that a reply is waited for
    std::uint8_t tos = 0;
    // From the last round (path_memory.hpp), where there was one.
    Ttl expected_hops = 0;  ///< first packets go no further; 0: not known
    std::optional<Duration>
        tail_timeout{};            ///< behind the last answering hop, instead of `timeout`
    bool automatic = false;        ///< multipath detection chooses flows and TTLs (mda.hpp)
    std::uint8_t confidence = 95;  ///< of that, per cent
};

/// `parameters` without fault (model: find_fault).
[[nodiscard]] inline Plan make_plan(ProbingParameters const& parameters) {
    return {.method = parameters.method,
            .flows = parameters.flows.automatic ? max_flows : parameters.flows.fixed,
            // Multipath detection repeats flows.
            .attempts = std::max<Attempt>(parameters.attempts, parameters.flows.automatic ? 2 : 1),
            .first_hop = parameters.first_hop,
            .max_hops = parameters.max_hops,
            .gap_limit = parameters.gap_limit,
            .timeout = milliseconds(parameters.timeout_ms),
            .tos = parameters.tos,
            .automatic = parameters.flows.automatic,
            .confidence = parameters.confidence.value_or(default_confidence)};
}

}  // namespace dtrace::engine
