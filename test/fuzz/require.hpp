#pragma once

#include <cstdlib>

namespace dtrace::fuzz {

/// An invariant that no input may break.
inline void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace dtrace::fuzz
