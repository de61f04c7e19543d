#pragma once

#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/log.hpp>

#include <string>

namespace dtrace::app {

/// Where events go: a file that is opened again on SIGHUP, or standard error.
struct LogOptions {
    std::string file;
    LogLevel level = LogLevel::info;
};

}  // namespace dtrace::app
