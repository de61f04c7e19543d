#pragma once

#include <dtrace/core/datagram.hpp>
#include <dtrace/model/flow.hpp>

#include <optional>

namespace dtrace::packet {

/// The flow of a packet that can be one of another probe's: UDP, a SYN without ACK, or an echo
/// request. Else nothing. Link-local addresses carry no scope.
///
/// Checksums are verified, since raw sockets are given packets before the kernel does so; it has
/// done so for ICMPv6. Between interfaces of one host they are left half made, which passes.
[[nodiscard]] std::optional<Flow> decode_request(Datagram const& datagram);

}  // namespace dtrace::packet
