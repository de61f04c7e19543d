#pragma once

#include <dtrace/model/extension.hpp>
#include <dtrace/packet/byte_view.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace dtrace::packet {

/// An ICMP error's payload, taken apart.
struct SplitQuote {
    ByteView quote;
    ByteView extension;  ///< from its header on; empty: there is none
};

/// Finds the extension structure of RFC 4884 behind the quoted packet. `stated_length` is the
/// length attribute in bytes, 0 when absent. There, version 2 and a true or absent checksum are
/// needed; else offset 128 is tried, as routers older than the RFC send it, where the checksum
/// must be there and true. Without an extension the whole payload is the quote.
[[nodiscard]] SplitQuote split_quote(ByteView payload, std::size_t stated_length);

/// At most this many of each kind are kept; a message has no room for many more honest ones.
inline constexpr std::size_t max_extension_items = 64;

/// Reads the objects of an extension that split_quote found: MPLS stacks (RFC 4950), interface
/// information (RFC 5837), the first node identification
/// (draft-ietf-intarea-extended-icmp-nodeid), all others and malformed ones raw. Ends at the first
/// object whose length is impossible.
[[nodiscard]] Extensions parse_extension(ByteView extension);

/// A complete extension structure with one MPLS object, checksum included: 8 + 4 bytes per label.
[[nodiscard]] std::vector<std::byte> mpls_extension(std::span<MplsLabel const> labels);

}  // namespace dtrace::packet
