#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/core/mixed.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>

namespace dtrace::sim {

/// An address of either family as one 128-bit number (IPv4 as ::ffff:a.b.c.d), for hashing and
/// masking.
struct AddressKey {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    friend auto operator<=>(AddressKey const&, AddressKey const&) = default;
};

[[nodiscard]] AddressKey key_of(IpAddress const& address);

/// The inverse of key_of.
[[nodiscard]] IpAddress address_of(AddressKey key);

/// Keeps the first `length` of the 128 bits.
[[nodiscard]] AddressKey masked(AddressKey key, unsigned length);

/// The prefix length of `address`/`length` in 128 bits.
[[nodiscard]] inline unsigned key_length(IpAddress const& address, unsigned length) {
    return address.is_v4() ? length + 96 : length;
}

}  // namespace dtrace::sim

template <>
struct std::hash<dtrace::sim::AddressKey> {
    std::size_t operator()(dtrace::sim::AddressKey const& key) const noexcept {
        return dtrace::mixed(key.low + dtrace::mixed(key.high + 0x9e3779b97f4a7c15U));
    }
};
