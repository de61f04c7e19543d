#pragma once

#include "accounts/accounts.hpp"
#include "accounts/gate.hpp"
#include "accounts/login_book.hpp"
#include "accounts/password_check.hpp"
#include "accounts/probe_login.hpp"
#include "alerts/alerts.hpp"
#include "catalog/assignment_board.hpp"
#include "catalog/changes.hpp"
#include "catalog/definitions.hpp"
#include "config/config_files.hpp"
#include "ingest/ingest.hpp"
#include "ingest/latest_rounds.hpp"
#include "ingest/probe_activity.hpp"
#include "live/live_feed.hpp"
#include "metrics/figures.hpp"
#include "once/once_runs.hpp"
#include "watch/culprit_watch.hpp"

#include <dtrace/address_info/address_book.hpp>
#include <dtrace/async/wakeup.hpp>
#include <dtrace/store/open_store.hpp>

namespace dtrace::master {

/// What the handlers work with.
struct Api {
    LoginBook const& book;
    ProbeLogin& login;
    AssignmentBoard& board;
    async::Wakeup& board_changed;
    async::Wakeup& once_changed;  ///< results on demand
    ProbeActivity& activity;
    Ingest& ingest;
    LatestRounds& latest;
    ConfigFiles const& config;
    Definitions& definitions;
    store::Store& store;
    async::WorkerPool& workers;
    Accounts& accounts;
    PasswordCheck& user_passwords;
    Gate const& gate;
    Changes& changes;
    LiveFeed& live;
    address_info::AddressBook const& addresses;
    OnceRuns& once_runs;
    CulpritWatch const& watch;
    Figures& figures;
    Alerts const& alerts;
    async::WorkerPool& password_pool;  ///< for argon2id
    seconds session_lifetime;
    Logger& log;
    TimePoint started;
    Timestamp started_at;
    std::size_t alert_tests_under_way = 0;
    std::size_t graphs_under_way = 0;
    std::size_t matrices_under_way = 0;  ///< of the past
};

}  // namespace dtrace::master
