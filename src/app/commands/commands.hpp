#pragma once

#include <dtrace/app/options.hpp>
#include <dtrace/core/error.hpp>
#include <dtrace/core/time.hpp>

namespace dtrace::app {

// What each command does: the exit status, or why it could not even begin.

[[nodiscard]] Result<int> run_command(TraceOptions const& options, Environment const& environment);
[[nodiscard]] Result<int> run_command(MasterOptions const& options, Environment const& environment);
[[nodiscard]] Result<int> run_command(ProbeOptions const& options, Environment const& environment);
[[nodiscard]] Result<int> run_command(DemoOptions const& options, Environment const& environment);
[[nodiscard]] Result<int> run_command(DbOptions const& options, Environment const& environment);
[[nodiscard]] Result<int> run_command(UserOptions const& options, Environment const& environment);
[[nodiscard]] Result<int> run_command(MeasureOptions const& options,
                                      Environment const& environment);

/// All names of a result that is printed together get this long.
inline constexpr Duration naming_limit = seconds(1);

}  // namespace dtrace::app
