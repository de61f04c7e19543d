#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/core/units.hpp>
#include <dtrace/model/flow.hpp>
#include <dtrace/model/measurement.hpp>

#include <cstdint>

namespace dtrace::engine {

/// What a round is to do, checked and in the engine's units.
struct Plan {
    Method method = Method::udp;
    FlowIndex flows = 1;
    Attempt attempts = 3;
    Ttl first_hop = 1;
    Ttl max_hops = 30;
    std::uint8_t gap_limit = 5;            ///< 0: never
    Duration timeout = milliseconds(500);  ///< the longest that a reply is waited for
};

/// `parameters` without fault (model: find_fault).
[[nodiscard]] inline Plan make_plan(ProbingParameters const& parameters) {
    return {.method = parameters.method,
            .flows = parameters.flows,
            .attempts = parameters.attempts,
            .first_hop = parameters.first_hop,
            .max_hops = parameters.max_hops,
            .gap_limit = parameters.gap_limit,
            .timeout = milliseconds(parameters.timeout_ms)};
}

}  // namespace dtrace::engine
