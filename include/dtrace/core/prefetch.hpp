#pragma once

#include <cstddef>

namespace dtrace {

/// Asks for the lines of the processor's cache that these bytes lie in, without waiting for them.
inline void fetch_bytes(void const* begin, std::size_t size) {
    constexpr std::size_t cache_line = 64;
    for (std::size_t i = 0; i < size; i += cache_line)
        __builtin_prefetch(static_cast<std::byte const*>(begin) + i);
}

}  // namespace dtrace
