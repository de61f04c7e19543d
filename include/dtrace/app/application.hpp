#pragma once

#include <dtrace/app/options.hpp>
#include <dtrace/core/error.hpp>

namespace dtrace::app {

/// Does what the command says until it is done or told to stop by a signal. The exit status, or
/// why it could not even begin.
[[nodiscard]] Result<int> run(Command const& command, Environment const& environment);

}  // namespace dtrace::app
