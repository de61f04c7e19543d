#pragma once

#include <dtrace/core/ip.hpp>

namespace dtrace {

/// An IPv4 address that is written as an IPv6 one (::ffff:192.0.2.1) as what it is.
[[nodiscard]] IpAddress without_mapping(IpAddress const& address);

/// What one host can send from: an IPv4 address, or the /64 that an IPv6 host can choose its
/// address from.
[[nodiscard]] IpAddress host_network(IpAddress const& address);

}  // namespace dtrace
