#pragma once

#include <cstdint>

namespace dtrace {

/// Spreads every bit over all others, the same way everywhere (the finaliser of SplitMix64, Steele
/// et al. 2014). Not for secrets.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9U;
    value = (value ^ value >> 27) * 0x94D049BB133111EBU;
    return value ^ value >> 31;
}

}  // namespace dtrace
