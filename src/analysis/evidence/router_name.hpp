#pragma once

#include <dtrace/model/trace.hpp>

#include <string>

namespace dtrace::analysis {

/// The name of a router in this trace, for an event's text; where it has none, and of what is no
/// address, `address` itself.
[[nodiscard]] std::string router_name(Trace const& trace, std::string const& address);

}  // namespace dtrace::analysis
