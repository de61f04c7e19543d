#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/core/prefix.hpp>

#include <optional>
#include <string>
#include <vector>

namespace dtrace::probe {

/// What this node sends packets to, whoever asks for it.
struct TargetPolicy {
    std::vector<Prefix> deny;   ///< never
    std::vector<Prefix> allow;  ///< if there are any: nothing else
};

/// Why `target` is refused ("10.0.0.1 is in 10.0.0.0/8, which --deny names"), if it is. Broadcast,
/// multicast and unspecified addresses always are; an IPv4 address that is written as IPv6
/// (::ffff:10.0.0.1) is treated as what it is.
[[nodiscard]] std::optional<std::string> find_refusal(TargetPolicy const& policy,
                                                      IpAddress const& target);

}  // namespace dtrace::probe
