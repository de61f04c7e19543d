#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/packet/byte_view.hpp>

#include <cstdint>

namespace dtrace::packet {

// The Internet checksum (RFC 1071). A "sum" is the plain sum of big-endian 16-bit words, not yet
// folded; sums of parts that begin at even offsets may be added. 32 bits hold 128 KB of words.

/// An odd last byte counts as the high half of a word.
[[nodiscard]] std::uint32_t sum_words(ByteView bytes);

/// What UDP, TCP and ICMPv6 sum beside their own bytes; `length` is that of the transport part.
/// Both addresses are of one family.
[[nodiscard]] std::uint32_t pseudo_header_sum(IpAddress const& source, IpAddress const& destination,
                                              std::uint8_t protocol, std::uint32_t length);

/// The one's complement sum in 16 bits. Over bytes that contain their own checksum, 0xFFFF means
/// intact.
[[nodiscard]] constexpr std::uint16_t fold(std::uint32_t sum) {
    sum = (sum & 0xFFFF) + (sum >> 16);
    sum = (sum & 0xFFFF) + (sum >> 16);
    return static_cast<std::uint16_t>(sum);
}

/// What goes into a checksum field, from the sum of everything else.
[[nodiscard]] constexpr std::uint16_t complement(std::uint32_t sum) {
    return static_cast<std::uint16_t>(~fold(sum));
}

[[nodiscard]] inline std::uint16_t checksum(ByteView bytes) {
    return complement(sum_words(bytes));
}

/// The checksum after one word of what it covers has changed (RFC 1624, equation 3).
[[nodiscard]] constexpr std::uint16_t update_checksum(std::uint16_t old_checksum,
                                                      std::uint16_t old_word,
                                                      std::uint16_t new_word) {
    return complement(std::uint32_t{static_cast<std::uint16_t>(~old_checksum)} +
                      static_cast<std::uint16_t>(~old_word) + new_word);
}

}  // namespace dtrace::packet
