#pragma once

#include <dtrace/app/log_options.hpp>
#include <dtrace/core/enum_text.hpp>

#include <boost/describe/enum.hpp>

#include <cstdint>
#include <string>

namespace dtrace::app {

enum class DbAction : std::uint8_t { info, check, backup, import };
BOOST_DESCRIBE_ENUM(DbAction, info, check, backup, import)

/// `dtrace-node db ACTION`
struct DbOptions {
    DbAction action = DbAction::info;
    std::string database = "dtrace.db";
    std::string target;        ///< of a backup
    std::string old_database;  ///< of dist-traceroute
    std::string probes_file;   ///< to be written; empty: not
    std::string targets_file;
    LogOptions log{.level = LogLevel::warn};
};

}  // namespace dtrace::app
