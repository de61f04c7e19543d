#include "api/routes.hpp"

#include <utility>

namespace dtrace::master {

namespace {

boost::asio::awaitable<http::Response> at_once(http::Response response) {
    co_return response;
}

/// Costs no memory while the handler waits.
http::Handler guarded(Api& api, ApiRoute const& route) {
    if (route.access < Access::viewer)
        return [&api, handler = route.handler](http::Request const& request) {
            return handler(api, request, {});
        };
    return [&api, handler = route.handler, access = route.access](http::Request const& request) {
        auto caller = api.gate.admit(request, access, wall_clock_now());
        if (!caller) return at_once(caller.error());
        return handler(api, request, *std::move(caller));
    };
}

}  // namespace

std::vector<ApiRoute> probe_routes() {
    auto rows = api_routes();
    std::erase_if(rows, [](ApiRoute const& row) { return row.access != Access::probe; });
    return rows;
}

std::vector<http::Route> routes(Api& api, std::vector<ApiRoute> const& rows) {
    std::vector<http::Route> result;
    for (auto const& route : rows)
        result.push_back({route.verb, std::string(route.pattern), std::string(route.summary),
                          guarded(api, route)});
    return result;
}

}  // namespace dtrace::master
