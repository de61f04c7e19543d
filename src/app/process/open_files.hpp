#pragma once

#include <dtrace/core/log.hpp>

#include <cstdint>

namespace dtrace::app {

/// Lets this process have `wanted` descriptors open, as far as the hard limit allows; less than
/// that is worth a warning. A shell's soft limit is often 1024.
void allow_open_files(std::uint64_t wanted, Logger& log);

}  // namespace dtrace::app
