#include "assignment/find_report_url.hpp"

namespace dtrace::probe {

http::Url default_report_url(ProbeOptions const& options) {
    return options.master.with_target("/api/v1/probe/reports");
}

http::Url find_report_url(Assignment const& assignment, ProbeOptions const& options, Logger& log) {
    if (!assignment.report_url) return default_report_url(options);
    auto const told = http::parse_url(*assignment.report_url);  // checked when it came
    if (told->secure || told->is_loopback() || options.insecure) return *told;
    log.warn("reports go to the master: the password would pass the network in clear",
             {{"report_url", told->origin()}});
    return default_report_url(options);
}

}  // namespace dtrace::probe
