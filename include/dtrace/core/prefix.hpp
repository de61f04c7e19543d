#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/core/text.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace dtrace {

/// A block of addresses; the bits behind `length` are zero.
struct Prefix {
    IpAddress address;
    std::uint8_t length = 32;

    friend bool operator==(Prefix const&, Prefix const&) = default;
};

/// The block that `address` alone makes: /32 or /128.
[[nodiscard]] Prefix host_prefix(IpAddress const& address);

[[nodiscard]] bool contains(Prefix const& outer, Prefix const& inner);
[[nodiscard]] bool contains(Prefix const& prefix, IpAddress const& address);

/// "198.51.100.0/24", "2001:db8::/32"; a bare address is the block of itself. Bits set behind the
/// length are refused: they are a typing error more often than not. IPv4 written as IPv6
/// ("::ffff:198.51.100.0/120") is read as IPv4.
template <>
struct TextForm<Prefix> {
    static std::string write(Prefix const& prefix);
    static Result<Prefix> read(std::string_view text);
};

}  // namespace dtrace
