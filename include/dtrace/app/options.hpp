#pragma once

#include <dtrace/app/db_options.hpp>
#include <dtrace/app/master_user_options.hpp>
#include <dtrace/app/send_options.hpp>
#include <dtrace/app/trace_options.hpp>
#include <dtrace/app/watch_settings.hpp>
#include <dtrace/core/error.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/core/time.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace dtrace::app {

/// `dtrace-node master`
struct MasterOptions {
    std::string listen;  ///< empty: every address of this host
    Port port = 8990;
    std::string tls_certificate;  ///< empty: plain HTTP
    std::string tls_key;
    std::string client_ca;               ///< empty: clients need no certificate
    std::optional<std::string> probes;   ///< must exist; absent: dt-slaves.json, if there is one
    std::optional<std::string> targets;  ///< the same with dt-targets.json
    std::string database = "dtrace.db";
    std::string asn_database;   ///< empty: networks stay unknown
    std::string geo_database;   ///< empty: places stay unknown
    std::string alerts;         ///< empty: nobody is told
    std::string public_url;     ///< of the dashboard, for alerts
    bool public_read = false;   ///< who does not log in may see everything but users
    bool open_metrics = false;  ///< the same for /metrics alone
    std::uint32_t max_metrics_pairs = 20'000;
    std::optional<microseconds> keep_traces;  ///< none: for ever
    std::optional<microseconds> keep_hours;   ///< none: for ever
    std::optional<std::uint64_t> max_db_mib;  ///< none: the disk is the limit
    std::string user;                         ///< to become once the sockets are open; empty: stay
    bool local_probe = false;
    std::string local_name = "local";
    bool debug_results = false;
    bool print_traces = false;
    SendOptions send;
    std::uint32_t max_connections = 16'384;
    std::uint32_t max_connections_per_source = 2'048;
    std::uint32_t max_body_mib = 8;
    std::uint32_t max_bodies_mib = 256;
    std::uint32_t max_report_traces = 10'000;
    std::uint32_t max_reports = 256;
    std::uint32_t max_waiting_reports_mib = 64;
    std::uint32_t max_waiting_logins = 64;
    std::uint32_t first_login_delay_ms = 500;
    std::uint32_t longest_login_delay_ms = 30'000;
    WatchSettings watch;
    std::string access_log;
    LogOptions log;
};

/// `dtrace-node probe`
struct ProbeOptions : MasterAccess {
    std::string name;
    std::string password;       ///< secret; empty: see password_file
    std::string password_file;  ///< empty: $CREDENTIALS_DIRECTORY/passwd
    std::string outbox;         ///< empty: see default_outbox()
    std::uint32_t outbox_mib = 256;
    std::uint32_t outbox_traces = 200'000;
    std::uint32_t max_rounds = 1'000;
    std::string user;  ///< to become once the sockets are open; empty: stay
    bool debug_results = false;
    SendOptions send;
    LogOptions log;
};

/// `dtrace-node demo`
struct DemoOptions {
    std::string listen = "127.0.0.1";
    Port port = 8990;
    std::uint32_t pace = 1;  ///< how much faster trouble comes and goes
    std::string database;    ///< empty: a temporary one
    LogOptions log{.level = LogLevel::warn};
};

/// To be printed on standard output instead of doing anything else.
struct ShowText {
    std::string text;
};

using Command = std::variant<ShowText, TraceOptions, MasterOptions, ProbeOptions, DemoOptions,
                             UserOptions, MeasureOptions, DbOptions>;

/// Environment variables by name.
using Environment = std::map<std::string, std::string>;

/// `arguments` without the program's name. Command line goes before environment (DTRACE_NAME) goes
/// before --config FILE goes before default. The error is what to print on standard error, and
/// means exit status 2.
[[nodiscard]] Result<Command> read_options(std::vector<std::string> const& arguments,
                                           Environment const& environment);

}  // namespace dtrace::app
