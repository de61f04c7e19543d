#include "service_options.hpp"

#include "api/refuse_gzip.hpp"

namespace dtrace::master {

ProbeLogin::Options login_options(MasterOptions const& options) {
    ProbeLogin::Options result;
    for (auto* throttle : {&result.per_name, &result.per_source}) {
        throttle->first_delay = options.first_login_delay;
        throttle->longest_delay = options.longest_login_delay;
    }
    return result;
}

ConfigFiles::Options file_options(MasterOptions const& options) {
    return {.probes = options.probes_file,
            .probes_required = options.probes_file_required,
            .targets = options.targets_file,
            .targets_required = options.targets_file_required,
            .look_every = options.look_every};
}

Alerts::Options alert_options(MasterOptions const& options) {
    return {.file = options.alerts_file,
            .public_url = options.public_url,
            .look_every = options.look_every,
            .stop_grace = options.limits.stop_grace};
}

http::ServerOptions server_options(MasterOptions const& options, Api& api) {
    return {.listen = options.listen,
            .port = options.port,
            .limits = options.limits,
            .workers = &api.workers,
            .tls = options.tls,
            .refuse_gzip = [&api](auto const& request) { return refuse_gzip(api, request); },
            .sender_of = [&api](auto const& request) { return api.login.proven_name(request); }};
}

http::ServerOptions loopback_options(MasterOptions const& options, Api& api) {
    auto result = server_options(options, api);
    result.listen = "127.0.0.1";
    result.port = 0;
    result.tls = nullptr;
    return result;
}

}  // namespace dtrace::master
