#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/wire/interface.hpp>

namespace dtrace::wire {

/// The address that this host's routing table puts on packets to `destination`, through
/// `interface` if one is given. Errors: no route; a destination that is no single host (multicast,
/// broadcast, unspecified).
[[nodiscard]] Result<IpAddress> find_source(IpAddress const& destination,
                                            InterfaceIndex interface = 0);

/// For a source that somebody chose: fails unless `source` is an address of this host.
[[nodiscard]] Result<void> require_own_address(IpAddress const& source);

}  // namespace dtrace::wire
