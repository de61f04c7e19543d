#pragma once

#include <dtrace/model/flow.hpp>
#include <dtrace/packet/decode_reply.hpp>

#include <optional>

namespace dtrace::packet {

/// The flow of a packet that can be one of another probe's: UDP, a SYN without ACK, or an echo
/// request. Else nothing. An IPv6 packet does not show what it came to: flow.destination is then
/// unspecified. Link-local addresses carry no scope.
///
/// Checksums as in decode_reply().
[[nodiscard]] std::optional<Flow> decode_request(Datagram const& datagram);

}  // namespace dtrace::packet
