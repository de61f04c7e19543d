#pragma once

#include <dtrace/core/error.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace dtrace::store {

/// Damaged rows that an answer does without, so that one of them does not hide all the others.
struct Unreadable {
    std::size_t count = 0;
    std::optional<Error> reason;  ///< of one of them
};

/// All rows of a table that can be read, in its order.
template <class T>
struct Readable {
    std::vector<T> entries;
    Unreadable unreadable;
};

}  // namespace dtrace::store
