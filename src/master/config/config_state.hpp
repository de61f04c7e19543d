#pragma once

#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/time.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace dtrace::master {

// The members below are JSON of /api/v1/status, name by name (docs/api.md).

enum class ConfigState : std::uint8_t {
    absent,   ///< there is no such file, and there never was one
    loaded,   ///< what the file says is in force
    refused,  ///< what it says now is not; what it said before is, if anything
};
BOOST_DESCRIBE_ENUM(ConfigState, absent, loaded, refused)

struct ConfigFault {
    std::string path;  ///< inside the file; empty: the whole of it
    std::string reason;

    friend bool operator==(ConfigFault const&, ConfigFault const&) = default;
};
BOOST_DESCRIBE_STRUCT(ConfigFault, (), (path, reason))

/// How things stand with one configuration file.
struct ConfigFileState {
    std::string file;
    ConfigState state = ConfigState::absent;
    std::uint64_t entries = 0;  ///< in force
    std::optional<Timestamp> loaded_at{};
    std::optional<ConfigFault> fault{};
    std::optional<Timestamp> refused_at{};

    friend bool operator==(ConfigFileState const&, ConfigFileState const&) = default;
};
BOOST_DESCRIBE_STRUCT(ConfigFileState, (), (file, state, entries, loaded_at, fault, refused_at))

}  // namespace dtrace::master
