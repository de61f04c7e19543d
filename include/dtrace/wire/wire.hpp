#pragma once

#include <dtrace/core/datagram.hpp>
#include <dtrace/core/error.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace dtrace::wire {

/// A complete IPv4 or IPv6 packet, header first.
struct OutgoingPacket {
    std::span<std::byte const> bytes;
    IpAddress destination;
};

/// `sent` packets went out, in order. If `failed` is set, packet [sent] was refused for that reason
/// and none behind it was tried; `would_block` means: the same packet later.
struct SendOutcome {
    std::size_t sent = 0;
    boost::system::error_code failed;
};

struct Arrivals {
    std::span<Datagram const> packets;  ///< valid until the next receive()
    /// Lost by our own sockets for want of room since the last receive(). At most so many of our
    /// replies: while a socket is full, the kernel counts the host's other packets too.
    std::uint32_t dropped = 0;
};

/// The seam to the network: whole packets out, replies in.
class Wire {
  public:
    virtual ~Wire() = default;

    /// Sends in order and never blocks.
    virtual SendOutcome send(std::span<OutgoingPacket const> batch) = 0;

    /// Waits for at least one packet and takes what is there. Cancellable; one caller at a time.
    /// It does not suspend while more is there: the caller gives others on its thread their turn.
    virtual boost::asio::awaitable<Result<Arrivals>> receive() = 0;

    /// The address that packets to `destination` leave with; an error when there is no route.
    virtual Result<IpAddress> source_for(IpAddress const& destination) = 0;
};

}  // namespace dtrace::wire
