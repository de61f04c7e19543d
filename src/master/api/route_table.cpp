#include "api/query_by.hpp"
#include "api/routes.hpp"
#include "resources/conclusion_rows.hpp"
#include "resources/handlers_addresses.hpp"
#include "resources/handlers_alerts.hpp"
#include "resources/handlers_catalog.hpp"
#include "resources/handlers_dashboard.hpp"
#include "resources/handlers_dist_traceroute.hpp"
#include "resources/handlers_history.hpp"
#include "resources/handlers_live.hpp"
#include "resources/handlers_matrix.hpp"
#include "resources/handlers_metrics.hpp"
#include "resources/handlers_openapi.hpp"
#include "resources/handlers_probe.hpp"
#include "resources/handlers_rounds.hpp"
#include "resources/handlers_session.hpp"
#include "resources/handlers_status.hpp"
#include "resources/handlers_tokens.hpp"
#include "resources/handlers_traces.hpp"
#include "resources/handlers_users.hpp"
#include "resources/views_accounts.hpp"
#include "resources/views_catalog.hpp"
#include "resources/views_history.hpp"
#include "resources/views_matrix.hpp"
#include "resources/views_rounds.hpp"
#include "resources/views_status.hpp"

#include <dtrace/model/assignment.hpp>
#include <dtrace/model/report.hpp>

#include <iterator>
#include <utility>

namespace dtrace::master {

namespace {

using Rows = std::vector<ApiRoute>;

constexpr Content plain_text{"text/plain", nullptr};
constexpr Content csv{"text/csv", nullptr};
constexpr Content any_file{"application/octet-stream", nullptr};
constexpr Content event_stream{"text/event-stream", nullptr};
constexpr Content any_json{"application/json", nullptr};
/// RIPE Atlas says what is in them.
constexpr Content atlas_results{
    "application/json",
    [](json::SchemaBook&) { return std::string(R"({"type":"array","items":{"type":"object"}})"); }};

using enum http::Verb;

ApiRoute route(http::Verb verb, std::string_view pattern, std::string_view summary, Access access,
               RouteHandler handler) {
    return {verb, pattern, summary, access, handler};
}

// Each function has the rows of one part of the API.

Rows about_the_master() {
    return {
        route(get, "/", "the dashboard, or where to find what", Access::anyone, get_root)
            .gives_other(plain_text),
        route(get, "/assets/{name}", "a file of the dashboard", Access::anyone, get_asset)
            .gives_other(any_file),
        route(get, "/healthz", "whether all is well with the database", Access::anyone, get_health)
            .gives<Health>(),
        route(get, "/api/v1/openapi.json", "this API, for programs", Access::anyone, get_openapi)
            .gives_other(any_json),
        route(get, "/api/v1/status", "how the master is doing", Access::viewer, get_status)
            .gives<Status>(),
    };
}

Rows for_probes() {
    return {
        route(get, "/api/v1/probe/assignment", "what a probe has to measure", Access::probe,
              get_assignment)
            .asks({{"after", "the revision that the probe has", ParameterType::number},
                   {"wait", "seconds to wait for another one", ParameterType::number}})
            .gives<Assignment>()
            .gives_nothing(),
        route(post, "/api/v1/probe/reports", "traces from a probe", Access::probe, post_report)
            .takes<std::vector<Trace>>()
            .takes_large_bodies()
            .gives<ReportReceipt>(),
        route(post, "/api/v1/probe/progress", "a trace on demand, as far as it is", Access::probe,
              post_progress)
            .takes<Trace>()
            .gives_nothing(),
    };
}

Rows for_users() {
    return {
        route(post, "/api/v1/session", "log in from a browser", Access::anyone, post_session)
            .takes<LoginInput>()
            .gives<SessionView>(),
        route(get, "/api/v1/session", "who one is", Access::viewer, get_session)
            .gives<SessionView>(),
        route(delete_, "/api/v1/session", "log out", Access::user, delete_session).gives_nothing(),
        route(post, "/api/v1/session/password", "change one's own password", Access::user,
              post_password)
            .takes<PasswordInput>()
            .gives_nothing(),
        route(get, "/api/v1/tokens", "tokens for scripts", Access::user, get_tokens)
            .gives<TokenList>(),
        route(post, "/api/v1/tokens", "make a token", Access::user, post_token)
            .takes<TokenInput>()
            .gives<TokenView>(201),
        route(delete_, "/api/v1/tokens/{id}", "end a token", Access::user, delete_token)
            .gives_nothing(),
    };
}

Rows for_administrators() {
    return {
        route(get, "/api/v1/users", "who may log in", Access::admin, get_users).gives<UserList>(),
        route(post, "/api/v1/users", "add a user", Access::admin, post_user)
            .takes<UserInput>()
            .gives<UserView>(201),
        route(patch, "/api/v1/users/{name}", "change a user's role or password", Access::admin,
              patch_user)
            .takes<UserChangeInput>()
            .gives<UserView>(),
        route(delete_, "/api/v1/users/{name}", "remove a user, with all tokens and sessions",
              Access::admin, delete_user)
            .gives_nothing(),
        route(get, "/api/v1/audit", "who changed what, newest first", Access::admin, get_audit)
            .asks({by::limit, by::cursor})
            .gives<AuditList>(),
    };
}

Rows for_probes_of_the_catalog() {
    return {
        route(get, "/api/v1/probes", "the probes, and which are online", Access::viewer, get_probes)
            .asks({by::tag,
                   by::part_of_name,
                   by::origin,
                   {"online", "or not", ParameterType::boolean},
                   by::limit,
                   by::cursor})
            .gives<ProbeList>(),
        route(post, "/api/v1/probes", "add a probe", Access::operator_, post_probe)
            .takes<ProbeInput>()
            .gives<ProbeView>(201),
        route(get, "/api/v1/probes/{name}", "one probe", Access::viewer, get_probe)
            .gives<ProbeView>()
            .unless_known(),
        route(put, "/api/v1/probes/{name}", "replace a probe's definition", Access::operator_,
              change_probe)
            .unless_changed()
            .takes<ProbeInput>()
            .gives<ProbeView>(),
        route(patch, "/api/v1/probes/{name}", "change a probe", Access::operator_, change_probe)
            .unless_changed()
            .takes_patch<ProbeInput>()
            .gives<ProbeView>(),
        route(delete_, "/api/v1/probes/{name}", "remove a probe", Access::operator_, delete_probe)
            .unless_changed()
            .gives_nothing(),
    };
}

Rows for_measurements() {
    return {
        route(get, "/api/v1/measurements", "what is measured", Access::viewer, get_measurements)
            .asks({by::tag,
                   by::part_of_name,
                   by::origin,
                   {"probe", "that this probe carries out"},
                   by::limit,
                   by::cursor})
            .gives<MeasurementList>(),
        route(post, "/api/v1/measurements", "add a measurement", Access::operator_,
              post_measurement)
            .takes<MeasurementInput>()
            .gives<MeasurementView>(201)
            .gives<MeasurementView>(202),
        route(get, "/api/v1/measurements/{id}", "one measurement", Access::viewer, get_measurement)
            .asks({{"wait", "seconds to wait for results of one on demand", ParameterType::number},
                   {"after", "how many results one has", ParameterType::number},
                   {"progress", "the changes of progress one has: to get it, and to wait for more",
                    ParameterType::number}})
            .gives<MeasurementView>()
            .unless_known(),
        route(put, "/api/v1/measurements/{id}", "replace a measurement's definition",
              Access::operator_, change_measurement)
            .unless_changed()
            .takes<MeasurementInput>()
            .gives<MeasurementView>(),
        route(patch, "/api/v1/measurements/{id}", "change a measurement", Access::operator_,
              change_measurement)
            .unless_changed()
            .takes_patch<MeasurementInput>()
            .gives<MeasurementView>(),
        route(delete_, "/api/v1/measurements/{id}", "remove a measurement; its traces stay",
              Access::operator_, delete_measurement)
            .unless_changed()
            .gives_nothing(),
    };
}

Rows for_results() {
    QueryParameter const from{"from", "started then or later", ParameterType::time};
    QueryParameter const to{"to", "started before", ParameterType::time};
    return {
        route(get, "/api/v1/traces", "traces, newest first", Access::viewer, get_traces)
            .asks({by::probe,
                   by::measurement,
                   from,
                   to,
                   {"latest", "only the last one of each probe and measurement",
                    ParameterType::boolean},
                   by::limit,
                   by::cursor,
                   by::format})
            .gives<TraceList>()
            .gives_other(atlas_results)
            .gives_other(plain_text)
            .gives_other(csv),
        route(get, "/api/v1/live", "what happens, as it happens", Access::viewer, get_live)
            .asks({{"kinds", "trace, culprit, event, probe, progress; some of them, with commas"},
                   {"probe", "about the probe with this name"},
                   {"measurement", "about the measurement with this id or name"},
                   {"last_event_id", "go on after it, as Last-Event-ID says"}})
            .gives_other(event_stream),
        route(get, "/api/v1/traces/{id}", "one trace", Access::viewer, get_trace)
            .asks({by::format})
            .gives<Trace>()
            .gives_other(atlas_results)
            .gives_other(plain_text)
            .gives_other(csv),
        route(get, "/api/v1/history", "what hours and days came to", Access::viewer, get_history)
            .asks({by::probe,
                   by::measurement,
                   {"from", "hours that start then or later", ParameterType::time},
                   {"to", "hours that start before", ParameterType::time},
                   {"step", "seconds of each element, whole hours", ParameterType::number},
                   {"hops", "also hop by hop", ParameterType::boolean}})
            .gives<History>(),
        route(get, "/api/v1/rounds", "the times of rounds, hop by hop, in few bytes",
              Access::viewer, get_rounds)
            .asks({by::probe, by::measurement, from, to, by::limit})
            .gives<RoundList>(),
        route(get, "/api/v1/matrix", "what every probe last saw of every measurement",
              Access::viewer, get_matrix)
            .asks({by::probe, by::measurement, by::at})
            .gives<Matrix>(),
        route(get, "/api/v1/matrix/columns", "the matrix in few bytes", Access::viewer,
              get_matrix_columns)
            .asks({by::probe, by::measurement, by::at})
            .gives<MatrixColumns>(),
    };
}

Rows all_rows() {
    Rows all;
    for (auto const& rows :
         {about_the_master(), for_probes(), for_users(), for_administrators(),
          for_probes_of_the_catalog(), for_measurements(), for_results(), conclusion_rows(),
          address_rows(), metrics_rows(), alert_rows(), dist_traceroute_rows()})
        std::ranges::copy(rows, std::back_inserter(all));
    return all;
}

}  // namespace

std::vector<ApiRoute> const& api_routes() {
    static Rows const rows = all_rows();
    return rows;
}

}  // namespace dtrace::master
