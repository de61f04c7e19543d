#pragma once

#include <dtrace/app/log_options.hpp>
#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/model/measurement.hpp>
#include <dtrace/model/user.hpp>

#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::app {

// The commands of those who use a master.

/// Where a master is, and whom to believe that it is the one.
struct MasterAccess {
    std::string master;
    Port master_port = 8990;
    std::string ca;   ///< empty: whom the system trusts
    std::string pin;  ///< of the master's key; empty: none
    std::string client_certificate;
    std::string client_key;
    bool insecure = false;  ///< secrets may go to another host in clear
};

enum class UserAction : std::uint8_t { add, passwd, remove, list };
BOOST_DESCRIBE_ENUM(UserAction, add, passwd, remove, list)

/// `dtrace-node user ACTION [NAME]`
struct UserOptions {
    UserAction action = UserAction::list;
    std::string name;  ///< empty of list only
    Role role = Role::viewer;
    std::string password_file;  ///< empty: a password is made up and printed
    std::string database = "dtrace.db";
    LogOptions log{.level = LogLevel::warn};
};

/// `dtrace-node measure HOST`
struct MeasureOptions : MasterAccess {
    MeasureOptions() { master = "127.0.0.1"; }

    std::string host;
    ProbingParameters parameters;
    std::string token;       ///< secret; empty: see token_file
    std::string token_file;  ///< empty: none
    std::vector<std::string> from;
    std::vector<std::string> tags;
    std::optional<std::uint32_t> count;
    std::uint32_t deadline_ms = 60'000;
    bool names = true;
    bool json = false;
    LogOptions log{.level = LogLevel::warn};
};

}  // namespace dtrace::app
