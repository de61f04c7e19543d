#pragma once

#include <dtrace/app/send_options.hpp>
#include <dtrace/core/error.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/probe/prober.hpp>
#include <dtrace/probe/round_runner.hpp>
#include <dtrace/wire/open_wire.hpp>
#include <dtrace/wire/request_listener.hpp>

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string_view>

namespace dtrace::app {

class ServiceHost;

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

    /// For one-way counts. None where nothing may be heard, which is said in the log: packets are
    /// made up, or leave without CAP_NET_RAW. Needs the privilege as open() does.
    [[nodiscard]] std::unique_ptr<wire::RequestListener> open_listener(boost::asio::io_context& io,
                                                                       Logger& log) const;

    /// Whether packets leave without CAP_NET_RAW.
    [[nodiscard]] bool unprivileged() const { return unprivileged_; }

  private:
    std::unique_ptr<wire::Wire> wire_;
    std::unique_ptr<probe::RoundRunner> runner_;
    probe::Prober* prober_ = nullptr;  ///< runner_, if it sends packets
    bool unprivileged_ = false;
};

}  // namespace dtrace::app
