#pragma once

#include <dtrace/core/log.hpp>
#include <dtrace/http/url.hpp>
#include <dtrace/model/assignment.hpp>
#include <dtrace/probe/probe_service.hpp>

namespace dtrace::probe {

/// Where reports go while no assignment says otherwise: to the master.
[[nodiscard]] http::Url default_report_url(ProbeOptions const& options);

/// Where the assignment sends them, unless the password would pass a network in clear without
/// leave: then to the master, with a line in the log.
[[nodiscard]] http::Url find_report_url(Assignment const& assignment, ProbeOptions const& options,
                                        Logger& log);

}  // namespace dtrace::probe
