#pragma once

#include <dtrace/packet/byte_view.hpp>

#include <cstddef>
#include <vector>

namespace dtrace::demo {

/// What the TCP of a host without a listener answers to a whole arriving packet (RFC 9293
/// § 3.10.7.1): a reset to everything with ACK that is no reset; else, and to everything that is
/// not TCP, nothing. A prober's kernel does this to every SYN-ACK.
[[nodiscard]] std::vector<std::byte> host_tcp_answer(packet::ByteView whole);

}  // namespace dtrace::demo
