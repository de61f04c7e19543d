#pragma once

#include <dtrace/app/options.hpp>
#include <dtrace/core/log.hpp>

#include <string>

namespace dtrace::app {

/// The password of a probe: as given, or the first line of its file, or of the file "passwd" in
/// $CREDENTIALS_DIRECTORY (systemd). A file that others may read is worth a warning. The error says
/// where it was looked for.
[[nodiscard]] Result<std::string> read_password(ProbeOptions const& options,
                                                Environment const& environment, Logger& log);

/// The first line of a file that holds a secret; a file that others may read is worth a warning.
[[nodiscard]] Result<std::string> read_secret_file(std::string const& file, Logger& log);

}  // namespace dtrace::app
