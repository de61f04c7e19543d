#pragma once

#include "sent_fields.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace dtrace::wire {

/// What the kernel tells of a reply to a socket without privileges. It keeps the reply's IP header
/// and the quoted one to itself.
struct ToldReply {
    bool is_error = false;  ///< else an echo reply
    std::uint8_t type = 0, code = 0;
    std::uint32_t info = 0;  ///< the MTU or the pointer, where the error has one
    IpAddress from;
    std::uint8_t ttl = 0;
    std::uint8_t tos = 0;
    /// Of an error: what follows the quoted header that the kernel took off, to the message's end.
    std::span<std::byte const> quoted;
    /// Where in `quoted` the extension of RFC 4884 begins; 0: the router did not say.
    std::size_t extension_at = 0;
};

/// Writes the message as a raw socket would have given it (Datagram::bytes), quoting `sent`,
/// the packet as it was handed to send(). What nobody can know has the value that says nothing: a
/// quoted TTL of 1, header fields and checksum as sent. `headers_taken` of the quoted transport
/// bytes are not in `quoted`. How many bytes of `out` were written; what does not fit is cut off.
[[nodiscard]] std::size_t rebuild_reply(ToldReply const& told, std::span<std::byte const> sent,
                                        SentFields const& fields, std::size_t headers_taken,
                                        std::span<std::byte> out);

}  // namespace dtrace::wire
