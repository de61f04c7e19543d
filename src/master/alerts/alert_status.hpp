#pragma once

#include <dtrace/core/time.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

// The members below are JSON of the API, name by name (docs/api.md).

struct AlertFault {
    Timestamp since;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(AlertFault, (), (since, reason))

/// How things stand with one receiver, since the start.
struct AlertReceiverStatus {
    std::string name;
    std::string to;  ///< "https://host:443"; the rest of the address may be a secret
    bool ok = true;
    std::uint64_t waiting = 0;  ///< events that were not looked at yet
    std::uint64_t delivered = 0;
    std::uint64_t failed = 0;      ///< attempts
    std::uint64_t refused = 0;     ///< left out: the receiver would not have them
    std::uint64_t too_old = 0;     ///< left out: it could not be reached for too long
    std::uint64_t unreadable = 0;  ///< left out: kept by another version
    std::optional<Timestamp> last_delivered_at;
    std::optional<AlertFault> fault;
    std::optional<Timestamp> next_attempt_at;
};
BOOST_DESCRIBE_STRUCT(AlertReceiverStatus, (),
                      (name, to, ok, waiting, delivered, failed, refused, too_old, unreadable,
                       last_delivered_at, fault, next_attempt_at))

}  // namespace dtrace::master
