#pragma once

#include <dtrace/core/prefix.hpp>

namespace dtrace::sim {

using dtrace::contains;
using dtrace::host_prefix;
using dtrace::Prefix;

}  // namespace dtrace::sim
