#pragma once

#include <dtrace/core/units.hpp>
#include <dtrace/model/reply.hpp>

#include <cstdint>

namespace dtrace::engine {

/// A reply whose flow is known (reply_router.hpp), and what its tag says under that flow's mask.
struct RoutedReply {
    FlowIndex flow = 0;
    Ttl ttl = 0;
    Reply const& reply;
    std::uint32_t ticks;
};

}  // namespace dtrace::engine
