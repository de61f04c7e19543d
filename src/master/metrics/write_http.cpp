#include "metrics/write_parts.hpp"

#include <string>

namespace dtrace::master {

namespace {

using enum MetricType;

void write_connections(Exposition& out, http::ServerCounters const& server) {
    out.gauge("dtrace_http_connections", "Open connections.", number(server.connections));
    out.gauge("dtrace_http_body_bytes", "What the bodies of requests under way hold.",
              number(server.body_bytes));
    out.counter("dtrace_http_connections_accepted_total", "Connections that came in.",
                number(server.accepted));
    out.metric("dtrace_http_connections_refused_total", counter,
               "Connections that were answered 503 unread.");
    out.sample({{"reason", "max_connections"}}, number(server.refused_max_connections));
    out.sample({{"reason", "max_connections_per_source"}},
               number(server.refused_max_connections_per_source));
    out.metric("dtrace_http_faults_total", counter, "What went wrong with connections.");
    for (auto const& [fault, times] :
         {std::pair("accept", server.accept_errors), std::pair("tls", server.tls_failures),
          std::pair("malformed", server.malformed),
          std::pair("header_too_large", server.header_too_large),
          std::pair("body_too_large", server.body_too_large),
          std::pair("no_room_for_body", server.no_room_for_body),
          std::pair("too_slow", server.too_slow), std::pair("write_timeout", server.write_timeouts),
          std::pair("handler", server.handler_failures), std::pair("peer_left", server.peer_left)})
        out.sample({{"fault", fault}}, number(times));
}

}  // namespace

void write_http(Exposition& out, MetricsSnapshot const& now) {
    write_connections(out, now.server);
    out.gauge("dtrace_http_long_polls", "Probes that wait for an assignment.",
              number(now.long_polls));
    out.gauge("dtrace_live_listeners", "Who listens to the live feed.", number(now.live_listeners));
    out.metric("dtrace_http_requests_total", counter,
               "Requests by route and status; status 0: the peer went away before the answer.");
    for (auto const& [key, requests] : now.http.requests()) {
        auto const& [route, verb, status] = key;
        out.sample({{"route", route}, {"method", verb}, {"status", std::to_string(status)}},
                   number(requests));
    }
    out.metric("dtrace_http_request_duration_seconds", histogram,
               "From the first byte of a request to its answer, waiting of long polls included.");
    for (auto const& [route, durations] : now.http.durations())
        out.sample({{"route", route}}, durations);
}

}  // namespace dtrace::master
