#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/http/message.hpp>
#include <dtrace/model/user.hpp>

#include <boost/system/result.hpp>

#include <cstdint>
#include <string>

namespace dtrace::master {

/// Who may use a route. Those from `viewer` on ask who it is; a higher role includes the lower.
enum class Access : std::uint8_t {
    anyone,   ///< without a login
    probe,    ///< probes, by HTTP Basic; the handler looks
    slave,    ///< slaves of dist-traceroute, by what is in the body; the handler looks
    viewer,   ///< also nobody in particular, where --public-read allows it
    scraper,  ///< a viewer; also nobody in particular, where --open-metrics or that allow it
    user,     ///< anybody who has logged in
    operator_,
    admin,
};

/// Who sent a request.
struct Caller {
    std::string user;  ///< empty: nobody in particular
    Role role = Role::viewer;
    std::string token;    ///< its name, if one was used
    std::string session;  ///< the hash of the session's cookie, if there is one
    IpAddress address;
};

/// The caller, or the answer that they get instead.
using Admission = boost::system::result<Caller, http::Response>;

}  // namespace dtrace::master
