#include "metrics/exposition.hpp"
#include "metrics/process_figures.hpp"
#include "metrics/snapshot.hpp"
#include "metrics/write_parts.hpp"

#include <dtrace/core/version.hpp>

namespace dtrace::master {

namespace {

using enum MetricType;

void write_process(Exposition& out, MetricsSnapshot const& now) {
    out.metric("dtrace_build_info", gauge, "The version of this program.");
    out.sample({{"version", version}}, 1);
    auto const process = process_figures();
    out.counter("process_cpu_seconds_total", "User and system time of all threads.",
                process.cpu_seconds);
    out.gauge("process_resident_memory_bytes", "Memory in use.", number(process.resident_bytes));
    out.gauge("process_open_fds", "Open file descriptors.", number(process.open_files));
    out.gauge("process_max_fds", "How many may be open.", number(process.max_files));
    out.gauge("process_start_time_seconds", "When the master started, since 1970.",
              unix_seconds(now.started_at));
}

void write_reports(Exposition& out, MetricsSnapshot const& now) {
    out.metric("dtrace_traces_total", counter,
               "Traces in reports: new ones, known ones, refused ones.");
    out.sample({{"result", "accepted"}}, number(now.reports.accepted));
    out.sample({{"result", "known"}}, number(now.reports.known));
    out.sample({{"result", "refused"}}, number(now.reports.refused));
    out.metric("dtrace_reports_not_taken_total", counter,
               "Reports that the probe has to send again: too much to do, or the store failed.");
    out.sample({{"reason", "busy"}}, number(now.reports.busy));
    out.sample({{"reason", "failed"}}, number(now.reports.failed));
}

void write_logins(Exposition& out, MetricsSnapshot const& now) {
    out.metric("dtrace_logins_refused_total", counter,
               "Logins that failed, came too fast after one that did, or had to wait too long.");
    for (auto const& [who, logins] :
         {std::pair("probe", &now.probe_logins), std::pair("user", &now.user_logins)}) {
        out.sample({{"who", who}, {"reason", "failed"}}, number(logins->failed));
        out.sample({{"who", who}, {"reason", "slowed"}}, number(logins->slowed));
        out.sample({{"who", who}, {"reason", "busy"}}, number(logins->busy));
    }
}

void write_store(Exposition& out, MetricsSnapshot const& now) {
    out.gauge("dtrace_store_up", "1: what was last written could be kept.", now.store_ok ? 1 : 0);
    if (now.store) {
        out.gauge("dtrace_store_traces", "Traces in the database.", number(now.store->traces));
        out.gauge("dtrace_store_bytes", "Size of the database file.", number(now.store->bytes));
    }
    out.metric("dtrace_store_commit_duration_seconds", histogram,
               "How long commits took until they were on disk.");
    out.sample({}, now.store_load.commits);
}

void write_queues(Exposition& out, MetricsSnapshot const& now) {
    out.metric("dtrace_queue_length", gauge, "How much waits, by queue.");
    for (auto const& [queue, length] : now.queues)
        out.sample({{"queue", queue}}, number(length));
}

}  // namespace

std::string write_metrics(MetricsSnapshot const& snapshot, MetricFormat format) {
    Exposition out(format);
    write_process(out, snapshot);
    write_reports(out, snapshot);
    write_logins(out, snapshot);
    write_store(out, snapshot);
    write_queues(out, snapshot);
    write_http(out, snapshot);
    write_watch(out, snapshot);
    write_alerts(out, snapshot.alerts);
    write_probes(out, snapshot);
    write_latest(out, snapshot.latest);
    return std::move(out).take();
}

}  // namespace dtrace::master
