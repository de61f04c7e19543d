#pragma once

#include "api/api.hpp"

#include <dtrace/http/server.hpp>
#include <dtrace/master/master_service.hpp>

namespace dtrace::master {

// What the parts of a master are to do, out of the options of the whole.

[[nodiscard]] ProbeLogin::Options login_options(MasterOptions const& options);
[[nodiscard]] ConfigFiles::Options file_options(MasterOptions const& options);
[[nodiscard]] Alerts::Options alert_options(MasterOptions const& options);
[[nodiscard]] http::ServerOptions server_options(MasterOptions const& options, Api& api);

/// For the probe of this process, which would have to believe our certificate otherwise. Without
/// TLS, and thus for nobody else.
[[nodiscard]] http::ServerOptions loopback_options(MasterOptions const& options, Api& api);

}  // namespace dtrace::master
