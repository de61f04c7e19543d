#pragma once

#include "accounts/password_check.hpp"
#include "config/config_state.hpp"
#include "ingest/ingest.hpp"
#include "watch/watch_status.hpp"

#include <dtrace/core/time.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

// The members below are JSON of the API, name by name (docs/api.md).

struct Health {
    std::string status;
};
BOOST_DESCRIBE_STRUCT(Health, (), (status))

struct ProbesStatus {
    std::uint64_t known = 0;
    std::uint64_t online = 0;
};
BOOST_DESCRIBE_STRUCT(ProbesStatus, (), (known, online))

struct StoreStatus {
    bool ok = false;
    std::optional<std::string> reason;
    std::optional<std::uint64_t> traces;
    std::optional<std::uint64_t> bytes;
};
BOOST_DESCRIBE_STRUCT(StoreStatus, (), (ok, reason, traces, bytes))

struct Status {
    std::string version;
    Timestamp started_at;
    std::uint64_t uptime_s = 0;
    ProbesStatus probes;
    std::uint64_t measurements = 0;
    StoreStatus store;
    ReportCounters reports;
    LoginCounters logins;
    LoginCounters user_logins;
    WatchStatus watch;
    std::vector<ConfigFileState> config_files;
};
BOOST_DESCRIBE_STRUCT(Status, (),
                      (version, started_at, uptime_s, probes, measurements, store, reports, logins,
                       user_logins, watch, config_files))

}  // namespace dtrace::master
