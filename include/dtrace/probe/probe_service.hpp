#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/http/tls.hpp>
#include <dtrace/http/url.hpp>
#include <dtrace/model/trace.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace dtrace::async {
class WorkerPool;
}
namespace dtrace::wire {
class RequestListener;
class Resolver;
}  // namespace dtrace::wire

namespace dtrace::probe {

class RoundRunner;

struct ProbeOptions {
    http::Url master;
    std::string name;
    std::string password;
    std::shared_ptr<http::TlsClient> tls;  ///< none: whom the system trusts
    bool insecure = false;                 ///< the password may go to another host in clear
    /// A folder of this probe's own; created where it is missing. The assignment last received is
    /// kept there too, for a start while the master is away.
    std::filesystem::path outbox;

    std::size_t max_concurrent_rounds = 1000;
    Duration first_round_within = seconds(3);  ///< of a measurement that is new or changed
    Duration naming_wait = milliseconds(700);  ///< for the reverse names of one trace

    std::size_t outbox_traces = 200'000;
    std::uint64_t outbox_bytes = 256 << 20;
    std::uint64_t outbox_memory_bytes = 8 << 20;  ///< while the disk takes nothing
    Duration outbox_sync_every = seconds(5);      ///< a loss of power costs no more than this

    seconds assignment_wait{50};        ///< length of the long poll
    Duration first_retry = seconds(1);  ///< back-off after failures, with jitter
    Duration longest_retry = seconds(60);
    Duration unauthorized_retry = seconds(30);
    std::size_t report_traces = 100;
    Duration report_gather = milliseconds(200);
    Duration report_timeout = seconds(60);

    Duration round_grace = seconds(2);  ///< at the end, for rounds under way to be cut short
    Duration flush_grace = seconds(5);  ///< and for a last report
};

/// How it stands.
struct ProbeStatus {
    std::uint64_t assignment_revision = 0;  ///< 0: none received yet
    std::uint64_t master_failures = 0;      ///< assignment requests failed since the last good one
    std::size_t measurements = 0;
    std::size_t rounds_under_way = 0;
    std::uint64_t rounds_started = 0;
    std::uint64_t rounds_skipped = 0;  ///< because the one before was not over

    std::size_t outbox_waiting = 0;
    std::uint64_t outbox_waiting_bytes = 0;
    std::uint64_t outbox_dropped = 0;  ///< oldest ones, for want of room
    std::uint64_t outbox_damaged = 0;
    bool outbox_on_disk = true;

    std::uint64_t reported = 0;         ///< held by the master now
    std::uint64_t refused = 0;          ///< by the master, for good
    std::uint64_t report_failures = 0;  ///< since the last report that went through
};

/// Everything of a probe but the packets: fetches the assignment, starts rounds on schedule, names
/// the hops, keeps traces in the outbox and reports them. References must outlive run().
class ProbeService {
  public:
    ProbeService(boost::asio::any_io_executor executor, ProbeOptions options, RoundRunner& rounds,
                 wire::Resolver& resolver, async::WorkerPool& workers, Logger& log);
    ProbeService(ProbeService const&) = delete;
    ProbeService& operator=(ProbeService const&) = delete;
    ~ProbeService();

    /// Called with each trace, complete, when it has been put into the outbox.
    void on_trace(std::function<void(Trace const&)> callback);

    /// Before run(): traces tell what `listener` heard of their target's rounds (Trace::heard).
    void listen(wire::RequestListener& listener);

    /// Opens the outbox. The error names the folder and the reason.
    [[nodiscard]] Result<void> open();

    /// After open(), once; until cancelled. `total`: no new rounds; those under way end as
    /// cancelled and are kept; a last report, as far as flush_grace allows; the rest is on disk.
    /// `terminal` cuts the graces short; what is in the outbox stays there.
    [[nodiscard]] boost::asio::awaitable<void> run();

    [[nodiscard]] ProbeStatus status() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dtrace::probe
