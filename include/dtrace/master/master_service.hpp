#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/http/access_log.hpp>
#include <dtrace/http/server.hpp>
#include <dtrace/http/tls.hpp>
#include <dtrace/master/watch_options.hpp>
#include <dtrace/store/open_store.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace dtrace::async {
class WorkerPool;
}

namespace dtrace::master {

struct MasterOptions {
    std::string listen;                    ///< an address of this host; empty: all
    Port port = 8990;                      ///< 0: any free one
    std::shared_ptr<http::TlsServer> tls;  ///< none: plain HTTP; its files are watched

    /// dist-traceroute's dt-slaves.json and dt-targets.json. One that was asked for must exist; a
    /// default one need not, and then configures nothing until it appears.
    std::filesystem::path probes_file = "dt-slaves.json";
    bool probes_file_required = false;
    std::filesystem::path targets_file = "dt-targets.json";
    bool targets_file_required = false;
    /// MMDB files that say the networks and the places of addresses; empty: they stay unknown. One
    /// that was asked for must exist.
    std::filesystem::path asn_database;
    std::filesystem::path geo_database;
    std::filesystem::path alerts_file;       ///< whom to tell what happens; empty: nobody
    std::string public_url;                  ///< of the dashboard, for alerts; empty: not told
    Duration probe_patience = seconds(120);  ///< a probe away for so long has gone; retries take 60
    Duration look_every = seconds(30);       ///< for changes of files that no event tells

    bool public_read = false;                ///< who does not log in may see what a viewer sees
    bool open_metrics = false;               ///< and /metrics in any case
    std::size_t max_metrics_pairs = 20'000;  ///< of probe and measurement there
    seconds session_lifetime = std::chrono::hours(24);
    store::UpkeepRule upkeep;

    WatchOptions watch;
    http::ServerLimits limits;
    std::size_t max_report_traces = 10'000;           ///< in one report; 400
    std::size_t max_reports = 256;                    ///< being taken at the same time; others wait
    std::size_t max_waiting_report_bytes = 64 << 20;  ///< beyond: 503 for the oldest that waits
    std::size_t max_waiting_logins = 64;              ///< for argon2id; 503
    Duration first_login_delay = milliseconds(500);   ///< after a failed login, then doubled
    Duration longest_login_delay = seconds(30);
};

/// The master: hands out assignments, takes reports, answers queries. References must outlive
/// run(); `workers` gets the reading of large bodies and of files, passwords have their own pool.
class MasterService {
  public:
    MasterService(boost::asio::any_io_executor executor, MasterOptions options, store::Store& store,
                  async::WorkerPool& workers, Logger& log, http::AccessLog access_log = {});
    MasterService(MasterService const&) = delete;
    MasterService& operator=(MasterService const&) = delete;
    ~MasterService();

    /// Lets a probe of this process log in that is in no file, and gets all measurements that are
    /// for every probe or for this name. The answer is its secret, random and kept nowhere. Before
    /// open().
    [[nodiscard]] std::string add_local_probe(std::string_view name);

    /// Reads the files and listens. The error says which file, where in it and why; or which
    /// address and why.
    [[nodiscard]] boost::asio::awaitable<Result<void>> open();

    /// After open().
    [[nodiscard]] Port local_port() const;

    /// After open(), once: the password of the user `admin`, if open() had to make one because
    /// there was no user. To be shown to a person and kept nowhere.
    [[nodiscard]] std::optional<std::string> take_first_password();

    /// Where a probe of this process finds the master, on 127.0.0.1 or `listen`: with TLS a
    /// listener of its own on loopback, which speaks plain HTTP. After open().
    [[nodiscard]] Port local_probe_port() const;

    /// After open(), once; until cancelled, or until something in it fails, which the log tells.
    /// `total`: accepts no more, ends long polls, finishes
    /// reports under way; `terminal` cuts that short.
    [[nodiscard]] boost::asio::awaitable<void> run();

    /// Reads the files and the users again, now (SIGHUP). What came of it stands in the log and in
    /// the status.
    void reload();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dtrace::master
