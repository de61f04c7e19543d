#include "options/command_options.hpp"

#include <dtrace/http/url.hpp>
#include <dtrace/master/probe_name.hpp>

namespace dtrace::app {

namespace {

OptionValue file(std::optional<std::string>& target) {
    return {.read = [&target](std::string_view given) -> Result<void> {
        std::string name;
        if (auto read = text(name).read(given); !read) return read;
        target = std::move(name);
        return {};
    }};
}

OptionValue at_least_a_day(std::optional<microseconds>& target) {
    return {.read = [&target](std::string_view given) -> Result<void> {
                auto const duration = parse<microseconds>(given);
                if (!duration || *duration < std::chrono::days(1))
                    return refuse_value("1d or more");
                target = *duration;
                return {};
            },
            .allowed = "1d or more",
            .default_text = "for ever"};
}

void add_limits(OptionTable& table, MasterOptions& o) {
    table.heading("Limits");
    table.add("max-connections", "N", "open connections; further ones get 503",
              number(o.max_connections, 1, 1'000'000));
    table.add("max-connections-per-source", "N", "the same, from one address (IPv6: one /64)",
              number(o.max_connections_per_source, 1, 1'000'000));
    table.add("max-body", "MIB", "size of a request; larger ones get 413",
              number(o.max_body_mib, 1, 1'024));
    table.add("max-bodies", "MIB", "of all requests under way; beyond, further ones get 503",
              number(o.max_bodies_mib, 1, 65'536));
    table.add("max-report-traces", "N", "traces in one report; more get 400",
              number(o.max_report_traces, 1, 1'000'000));
    table.add("max-reports", "N", "reports being taken at the same time; further ones wait",
              number(o.max_reports, 1, 100'000));
    table.add("max-waiting-reports", "MIB",
              "of these; beyond, the one that waited longest gets 503",
              number(o.max_waiting_reports_mib, 1, 65'536));
    table.add("metrics-pairs", "N", "pairs of probe and measurement that /metrics shows",
              number(o.max_metrics_pairs, 0, 200'000));
    table.add("max-waiting-logins", "N", "logins waiting to be checked; further ones get 503",
              number(o.max_waiting_logins, 1, 100'000));
    table.add("first-login-delay", "TIME",
              "how long a source waits after a failed login; each further one doubles it",
              duration_ms(o.first_login_delay_ms, milliseconds(0), seconds(60)));
    table.add("longest-login-delay", "TIME", "but no longer than this",
              duration_ms(o.longest_login_delay_ms, milliseconds(0), seconds(3'600)));
}

void add_watch(OptionTable& table, WatchSettings& o) {
    table.heading("How it looks for links that lose packets");
    table.add("watch-window", "TIME", "the traces of this time make a verdict",
              duration_ms(o.window_ms, std::chrono::minutes(1), std::chrono::hours(24)));
    table.add("watch-every", "TIME", "a verdict as often as this, or seldomer if it takes long",
              duration_ms(o.every_ms, seconds(1), std::chrono::minutes(10)));
    table.add("watch-clean-below", "PERCENT", "a network is clean when no link can lose more",
              percentage(o.clean_below));
    table.add("watch-confirm", "N", "verdicts in a row that open a culprit",
              number(o.confirm, 1, 100));
    table.add("watch-close-after", "TIME", "a culprit is over when it was not accused for so long",
              duration_ms(o.close_after_ms, seconds(10), std::chrono::hours(24)));
    table.add("probe-patience", "TIME", "a probe that is away for so long has gone offline",
              duration_ms(o.probe_patience_ms, seconds(1), std::chrono::hours(24)));
    table.add("no-bursts", "", "order no packets of its own accord where there is loss",
              toggle(o.bursts, false));
    table.add("burst-flows", "N", "flows of such an order", number(o.burst_flows, 2, 256));
    table.add("bursts-per-probe", "N", "of them in ten minutes, at most",
              number(o.bursts_per_probe, 1, 1'000));
}

Result<void> check(WatchSettings const& watch) {
    if (watch.every_ms > watch.window_ms)
        return usage_error("--watch-every: must not be longer than --watch-window");
    if (watch.every_ms > watch.close_after_ms)
        return usage_error("--watch-every: must not be longer than --watch-close-after");
    return {};
}

}  // namespace

OptionTable master_table(MasterOptions& o) {
    OptionTable table;
    table.heading("Where it listens");
    table.add("port", "PORT", "for the API and for probes; 0: any free port",
              number(o.port, 0, 65'535));
    table.add("listen", "ADDRESS", "one address of this host instead of all", text(o.listen));
    table.add("public-read", "", "who does not log in may see traces, probes and measurements",
              toggle(o.public_read));
    table.add("open-metrics", "", "who does not log in may read /metrics", toggle(o.open_metrics));
    table.add("tls-cert", "FILE", "the certificate chain, in PEM; read again when it changes",
              text(o.tls_certificate));
    table.add("tls-key", "FILE", "its key", text(o.tls_key));
    table.add("client-ca", "FILE", "demand of all clients a certificate that this one signed",
              text(o.client_ca));
    table.add("user", "USER", "become this user once the sockets are open; needs root",
              text(o.user));

    table.heading("What it reads and keeps");
    table.add("probes", "FILE", "which probes may log in; read again when it changes",
              by_default("dt-slaves.json, if there is one", file(o.probes)));
    table.add("targets", "FILE", "what to measure; read again when it changes",
              by_default("dt-targets.json, if there is one", file(o.targets)));
    table.add("alerts", "FILE", "whom to tell what happens; read again when it changes",
              text(o.alerts));
    table.add("public-url", "URL", "where people find the dashboard, for links in alerts",
              text(o.public_url));
    table.add("db", "FILE", "the database, created if need be", text(o.database));
    table.add("keep-traces", "TIME", "traces stay so long, their history longer",
              at_least_a_day(o.keep_traces));
    table.add("keep-hours", "TIME", "the history per hour stays so long, that per day for good",
              at_least_a_day(o.keep_hours));
    table.add("max-db-size", "MIB", "beyond it the oldest traces go",
              number(o.max_db_mib, 16, 1'048'576 * 16));
    table.add("asn-db", "FILE", "the networks of addresses (MMDB); read again when it changes",
              text(o.asn_database));
    table.add("geo-db", "FILE", "their places (MMDB); read again when it changes",
              text(o.geo_database));

    table.heading("A probe in the same process");
    table.add("local-probe", "", "measure from this host too", toggle(o.local_probe));
    table.add("local-name", "NAME", "what the local probe is called", text(o.local_name));
    table.add("debug-results", "", "the local probe makes its traces up; needs no privilege",
              toggle(o.debug_results));
    table.add("print-traces", "", "print each trace of the local probe on standard output",
              toggle(o.print_traces));
    add_send_options(table, o.send);
    add_ceiling_option(table, o.send);
    add_watch(table, o.watch);
    add_limits(table, o);
    add_log_options(table, o.log);
    table.add("access-log", "FILE", "one line per request",
              by_default("access.log beside --log, or without that lines of level debug",
                         text(o.access_log)));
    return table;
}

Result<void> check_listen(std::string const& listen) {
    if (listen.empty() || parse<IpAddress>(listen)) return {};
    return usage_error(fmt::format("--listen '{}': must be an IP address", listen));
}

Result<void> check_public_url(std::string const& text) {
    if (text.empty()) return {};
    auto const url = http::parse_url(text);
    if (url) return {};
    return usage_error(fmt::format("--public-url '{}': {}", text, url.error().message));
}

Result<void> check(MasterOptions const& options) {
    if (auto checked = check_listen(options.listen); !checked) return checked;
    if (auto checked = check_public_url(options.public_url); !checked) return checked;
    if (options.tls_certificate.empty() != options.tls_key.empty())
        return usage_error("--tls-cert and --tls-key: need each other");
    if (!options.client_ca.empty() && options.tls_key.empty())
        return usage_error("--client-ca: needs --tls-cert and --tls-key");
    if (auto const fault = master::find_probe_name_fault(options.local_name))
        return usage_error(fmt::format("--local-name '{}': {}", options.local_name, *fault));
    if (options.first_login_delay_ms > options.longest_login_delay_ms)
        return usage_error("--first-login-delay: must not be longer than --longest-login-delay");
    if (options.max_bodies_mib < options.max_body_mib)
        return usage_error("--max-bodies: must not be less than --max-body");
    if ((options.print_traces || options.debug_results) && !options.local_probe)
        return usage_error(fmt::format("--{}: needs --local-probe",
                                       options.print_traces ? "print-traces" : "debug-results"));
    return check(options.watch);
}

}  // namespace dtrace::app
