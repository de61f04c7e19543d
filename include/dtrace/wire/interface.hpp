#pragma once

#include <dtrace/core/error.hpp>

#include <cstdint>
#include <string>

namespace dtrace::wire {

/// A network interface of this host by the kernel's number; 0: whichever the routes choose.
using InterfaceIndex = std::uint32_t;

/// The interface of that name. The error lists those that there are.
[[nodiscard]] Result<InterfaceIndex> find_interface(std::string const& name);

}  // namespace dtrace::wire
