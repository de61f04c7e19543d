#pragma once

#include <dtrace/core/mixed.hpp>

#include <cstdint>
#include <string_view>

namespace dtrace::probe {

/// A step of SplitMix64, for which 0 is a number like any other.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t value) {
    return mixed(value + 0x9E3779B97F4A7C15U);
}

/// The same on every machine and in every version (FNV-1a, mixed). Not for secrets.
[[nodiscard]] constexpr std::uint64_t stable_hash(std::string_view text) {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    return mix(hash);
}

}  // namespace dtrace::probe
