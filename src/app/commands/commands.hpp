#pragma once

#include <dtrace/app/options.hpp>
#include <dtrace/core/error.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/probe/prober.hpp>
#include <dtrace/probe/round_runner.hpp>
#include <dtrace/wire/open_wire.hpp>

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <memory>
#include <string_view>

namespace dtrace::app {

class ServiceHost;

[[nodiscard]] Result<int> run_command(TraceOptions const& options, Environment const& environment);
[[nodiscard]] Result<int> run_command(MasterOptions const& options, Environment const& environment);
[[nodiscard]] Result<int> run_command(ProbeOptions const& options, Environment const& environment);
[[nodiscard]] Result<int> run_command(DemoOptions const& options, Environment const& environment);
[[nodiscard]] Result<int> run_command(DbOptions const& options, Environment const& environment);

[[nodiscard]] Result<int> run_command(UserOptions const& options, Environment const& environment);
[[nodiscard]] Result<int> run_command(MeasureOptions const& options,
                                      Environment const& environment);

/// What measures: packets over a wire, or with `debug_results` made-up traces.
class Rounds {
  public:
    /// Opens the sockets, the one thing that needs a privilege. A probe of the same `name` sends
    /// from the same ports after a restart; without a name they are drawn by lot.
    static Result<Rounds> open(boost::asio::io_context& io, SendOptions const& send,
                               bool debug_results, std::string_view name, wire::Resolver& resolver,
                               Logger& log);

    /// The loops that all rounds share; none for made-up traces.
    void add_to(ServiceHost& host);

    [[nodiscard]] probe::RoundRunner& runner() { return *runner_; }

    /// Whether packets leave without CAP_NET_RAW.
    [[nodiscard]] bool unprivileged() const { return unprivileged_; }

  private:
    std::unique_ptr<wire::Wire> wire_;
    std::unique_ptr<probe::RoundRunner> runner_;
    probe::Prober* prober_ = nullptr;  ///< runner_, if it sends packets
    bool unprivileged_ = false;
};

/// $STATE_DIRECTORY, /var/lib/dtrace-node for root, else the current folder; then "dtrace-outbox".
[[nodiscard]] std::filesystem::path default_outbox(Environment const& environment);

}  // namespace dtrace::app
