#pragma once

#include <dtrace/core/log.hpp>
#include <dtrace/core/time.hpp>

#include <span>
#include <string>
#include <string_view>

namespace dtrace::app {

/// "2026-11-22T14:00:00.000000Z info event key=value key=\"a value\"". A value that could be taken
/// for anything else is quoted and escaped as in JSON: one event is always one line.
[[nodiscard]] std::string log_line(Timestamp time, LogLevel level, std::string_view event,
                                   std::span<LogField const> fields);

}  // namespace dtrace::app
