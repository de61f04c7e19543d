#include "api/routes.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/http/compress.hpp>

#include <utility>

namespace dtrace::master {

namespace {

boost::asio::awaitable<http::Response> at_once(http::Response response) {
    co_return response;
}

/// Smaller bodies are compressed faster than they are handed to another thread.
constexpr std::size_t worth_a_thread = 32 * 1024;

/// What people and scripts ask for may be large; if nobody has time, it goes as it is.
boost::asio::awaitable<http::Response> compressed(Api& api, http::Request const& request,
                                                  boost::asio::awaitable<http::Response> answer) {
    auto response = co_await std::move(answer);
    if (!http::negotiate_gzip(request, response)) co_return response;
    if (response.body.size() < worth_a_thread)
        http::compress(response);
    else
        (void)co_await async::offload(api.workers, [&response] { http::compress(response); });
    co_return response;
}

/// A probe's request costs no memory while its handler waits.
http::Handler guarded(Api& api, ApiRoute const& route) {
    if (route.access == Access::probe || route.access == Access::slave)
        return [&api, handler = route.handler](http::Request const& request) {
            return handler(api, request, {});
        };
    return [&api, handler = route.handler, access = route.access](http::Request const& request) {
        Caller caller;
        if (access >= Access::viewer) {
            auto admitted = api.gate.admit(request, access, wall_clock_now());
            if (!admitted) return at_once(admitted.error());
            caller = *std::move(admitted);
        }
        return compressed(api, request, handler(api, request, std::move(caller)));
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
                          guarded(api, route), route.max_body_bytes});
    return result;
}

}  // namespace dtrace::master
