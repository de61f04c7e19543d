#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace dtrace {

/// One change that somebody made.
struct AuditEntry {
    std::uint64_t id = 0;  ///< given by the store, in the order of time
    Timestamp at;
    std::string user;                  ///< empty: a shell on the master
    std::optional<std::string> token;  ///< the name of the token, if one was used
    std::optional<IpAddress> address;  ///< where from; none: a shell on the master
    std::string action;                ///< "create probe"
    std::string subject;               ///< "n1"

    friend bool operator==(AuditEntry const&, AuditEntry const&) = default;
};
BOOST_DESCRIBE_STRUCT(AuditEntry, (), (id, at, user, token, address, action, subject))

}  // namespace dtrace
