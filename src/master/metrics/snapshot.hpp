#pragma once

#include "accounts/password_check.hpp"
#include "alerts/alert_status.hpp"
#include "ingest/ingest.hpp"
#include "metrics/exposition.hpp"
#include "metrics/http_figures.hpp"
#include "metrics/latest_figures.hpp"
#include "watch/watch_status.hpp"

#include <dtrace/http/server.hpp>
#include <dtrace/model/event.hpp>
#include <dtrace/store/open_store.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::master {

struct ProbeFigures {
    std::string name;
    bool online = false;
    std::optional<Timestamp> last_seen;  ///< since the master started
    std::optional<Timestamp> last_report;
    std::uint64_t traces = 0;
};

/// All that /metrics tells, copied so that another thread may write it.
struct MetricsSnapshot {
    Timestamp started_at;
    std::vector<ProbeFigures> probes;
    std::size_t measurements = 0;
    LatestFigures latest;

    ReportCounters reports;
    LoginCounters probe_logins;
    LoginCounters user_logins;
    WatchStatus watch;
    std::map<EventKind, std::uint64_t> events;
    std::optional<std::vector<store::KeptCulprit>> open_culprits;  ///< none: it could not be read

    std::vector<AlertReceiverStatus> alerts;

    bool store_ok = true;
    std::optional<store::TraceCounts> store;  ///< none: it does not say
    store::StoreLoad store_load;

    HttpFigures http;
    http::ServerCounters server;
    std::size_t long_polls = 0;
    std::size_t live_listeners = 0;
    std::vector<std::pair<std::string, std::size_t>> queues;  ///< how much waits in each
};

/// Takes milliseconds for ten thousand pairs; not for the one thread.
[[nodiscard]] std::string write_metrics(MetricsSnapshot const& snapshot,
                                        MetricFormat format = MetricFormat::prometheus);

}  // namespace dtrace::master
