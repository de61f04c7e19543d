#pragma once

#include <dtrace/probe/target_policy.hpp>
#include <dtrace/wire/open_wire.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace dtrace::app {

/// How a node sends, and how much at most, over all its rounds.
struct SendOptions {
    std::uint32_t rate = 10'000;               ///< packets per second
    std::optional<std::uint32_t> target_rate;  ///< of them to one address
    std::optional<std::uint32_t> max_rate;     ///< goes before rate
    probe::TargetPolicy targets;
    std::string interface;  ///< empty: whichever the routes choose
    wire::WireKind wire = wire::WireKind::automatic;
};

}  // namespace dtrace::app
