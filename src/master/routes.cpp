#include "routes.hpp"

#include "handlers_catalog.hpp"
#include "handlers_dist_traceroute.hpp"
#include "handlers_probe.hpp"
#include "handlers_status.hpp"
#include "handlers_traces.hpp"

#include <utility>

namespace dtrace::master {

std::vector<http::Route> routes(Api& api) {
    using http::Verb;
    using HandlerOfApi = boost::asio::awaitable<http::Response> (*)(Api&, http::Request const&);
    auto const with_api = [&api](HandlerOfApi handler) -> http::Handler {
        return [&api, handler](http::Request const& request) { return handler(api, request); };
    };
    std::vector<http::Route> table{
        {Verb::get, "/", "where to find what", with_api(get_root)},
        {Verb::get, "/healthz", "whether traces can be stored", with_api(get_health)},
        {Verb::get, "/api/v1/status", "how the master is doing", with_api(get_status)},
        {Verb::get, "/api/v1/probe/assignment", "what a probe has to measure",
         with_api(get_assignment)},
        {Verb::post, "/api/v1/probe/reports", "traces from a probe", with_api(post_report)},
        {Verb::get, "/api/v1/probes", "the probes, and which are online", with_api(get_probes)},
        {Verb::get, "/api/v1/measurements", "what is measured", with_api(get_measurements)},
        {Verb::get, "/api/v1/traces", "traces, newest first", with_api(get_traces)},
        {Verb::get, "/api/v1/traces/{id}", "one trace", with_api(get_trace)},
    };
    for (auto& route : dist_traceroute_routes(api))
        table.push_back(std::move(route));
    return table;
}

}  // namespace dtrace::master
