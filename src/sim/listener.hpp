#pragma once

#include "address_key.hpp"

#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/packet/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace dtrace::sim {

/// What a TCP says back, in the terms of its header.
struct Segment {
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgment = 0;
    std::uint8_t flags = 0;
};

/// A closed port's answer (RFC 9293 § 3.10.7.1); none to a reset.
[[nodiscard]] std::optional<Segment> refuse_segment(packet::TcpHeader const& segment);

/// Half-open connections of all open ports, as far as a prober sees a real stack: no data, no
/// repeated SYN-ACKs.
class Listener {
  public:
    struct Ends {
        AddressKey client, server;
        Port client_port = 0, server_port = 0;
        friend bool operator==(Ends const&, Ends const&) = default;
    };

    /// The first SYN makes a half-open connection and gets SYN-ACK, and so does its repetition.
    /// A SYN with another sequence number gets an ACK that tells what is expected (RFC 5961's
    /// challenge); a reset in the window ends it; an ACK of the SYN-ACK ends it too: the service
    /// closes at once, with a reset.
    std::optional<Segment> answer(Ends const& ends, packet::TcpHeader const& segment,
                                  std::uint32_t initial_sequence, TimePoint now);

    [[nodiscard]] std::size_t half_open() const { return connections_.size(); }

  private:
    struct Connection {
        std::uint32_t theirs = 0;  ///< initial sequence numbers
        std::uint32_t ours = 0;
        TimePoint expires;
    };
    struct EndsHash {
        std::size_t operator()(Ends const& ends) const noexcept;
    };

    bool make_room(TimePoint now);

    std::unordered_map<Ends, Connection, EndsHash> connections_;
    TimePoint next_sweep_{};  ///< a full table is searched for old entries once a second
};

}  // namespace dtrace::sim
