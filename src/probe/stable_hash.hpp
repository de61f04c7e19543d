#pragma once

#include <cstdint>
#include <string_view>

namespace dtrace::probe {

/// Spreads a 64-bit value over all bits (the finaliser of splitmix64, Steele et al. 2014).
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t value) {
    value += 0x9E3779B97F4A7C15U;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31);
}

/// The same on every machine and in every version (FNV-1a, mixed). Not for secrets.
[[nodiscard]] constexpr std::uint64_t stable_hash(std::string_view text) {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    return mix(hash);
}

}  // namespace dtrace::probe
