#pragma once

#include <dtrace/core/error.hpp>

#include <cstddef>
#include <optional>

namespace dtrace::store {

/// Damaged rows that an answer does without, so that one of them does not hide all the others.
struct Unreadable {
    std::size_t count = 0;
    std::optional<Error> reason;  ///< of one of them
};

}  // namespace dtrace::store
