#pragma once

#include "icmp_error.hpp"
#include "listener.hpp"
#include "parcel.hpp"

#include <dtrace/core/ip.hpp>
#include <dtrace/packet/byte_view.hpp>
#include <dtrace/packet/tcp.hpp>
#include <dtrace/sim/node.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dtrace::sim {

/// Writes replies, one after the other into the same memory: each view is good until the next.
class ReplyBytes {
  public:
    struct Outer {
        IpAddress source;
        IpAddress destination;
        std::uint8_t ttl = 64;
        std::uint16_t id = 0;
    };

    /// Quotes the packet in the node's way. At most 576 bytes (RFC 1812) or 1280 (RFC 4443).
    packet::ByteView icmp_error(Outer const& outer, IcmpError const& error, Node const& node,
                                Parcel const& packet);

    /// `request` is an echo request.
    packet::ByteView echo_reply(Outer const& outer, Parcel const& request);

    packet::ByteView tcp(Outer const& outer, packet::TcpHeader const& to, Segment const& segment);

  private:
    struct Quoted {
        std::size_t bytes = 0;    ///< of the packet
        std::size_t padding = 0;  ///< zeros behind them
        bool with_extension = false;
        bool stated = false;  ///< in the length field of RFC 4884
    };
    static Quoted quoted(Family family, IcmpError const& error, Node const& node,
                         Parcel const& packet, std::size_t extension);

    packet::ByteWriter begin(Outer const& outer, std::uint8_t protocol, std::uint8_t tos,
                             std::size_t transport_size);
    std::span<std::byte> transport(Outer const& outer);
    packet::ByteView finish_icmp(Outer const& outer);

    std::vector<std::byte> bytes_;
};

}  // namespace dtrace::sim
