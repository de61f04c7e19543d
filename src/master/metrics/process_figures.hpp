#pragma once

#include <cstdint>

namespace dtrace::master {

/// What the kernel says of this process.
struct ProcessFigures {
    double cpu_seconds = 0;  ///< of all threads
    std::uint64_t resident_bytes = 0;
    std::uint64_t open_files = 0;
    std::uint64_t max_files = 0;
};

/// Blocks for as long as it takes to count the descriptors.
[[nodiscard]] ProcessFigures process_figures();

}  // namespace dtrace::master
