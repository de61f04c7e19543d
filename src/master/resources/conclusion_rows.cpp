#include "resources/conclusion_rows.hpp"

#include "api/query_by.hpp"
#include "resources/handlers_culprits.hpp"
#include "resources/handlers_events.hpp"
#include "resources/handlers_graph.hpp"
#include "resources/views_culprits.hpp"

#include <dtrace/analysis/path_graph.hpp>

#include <utility>

namespace dtrace::master {

namespace {

ApiRoute viewer_route(std::string_view pattern, std::string_view summary, RouteHandler handler) {
    return {http::Verb::get, pattern, summary, Access::viewer, std::move(handler)};
}

}  // namespace

std::vector<ApiRoute> conclusion_rows() {
    QueryParameter const from{"from", "that time or later", ParameterType::time};
    QueryParameter const to{"to", "before that time", ParameterType::time};
    return {
        viewer_route("/api/v1/culprits", "which links lose packets, and how sure that is",
                     get_culprits)
            .asks({from, to, by::limit})
            .gives<CulpritList>(),
        viewer_route("/api/v1/culprits/{id}", "one culprit, with all the evidence", get_culprit)
            .gives<CulpritRecord>(),
        viewer_route("/api/v1/events", "what changed in the network, newest first", get_events)
            .asks({{"kind", "of this kind"},
                   by::measurement,
                   by::probe,
                   from,
                   to,
                   by::limit,
                   by::cursor})
            .gives<EventList>(),
        viewer_route("/api/v1/events/{id}", "one event", get_event).gives<Event>(),
        viewer_route("/api/v1/graph", "all paths as one graph", get_graph)
            .asks({by::measurement,
                   by::probe,
                   from,
                   to,
                   {"limit", "of so many traces, the newest", ParameterType::number}})
            .gives<analysis::GraphView>(),
    };
}

}  // namespace dtrace::master
