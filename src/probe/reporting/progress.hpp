#pragma once

#include "reporting/post_json.hpp"

#include <dtrace/core/log.hpp>
#include <dtrace/model/trace.hpp>
#include <dtrace/probe/round_runner.hpp>
#include <dtrace/wire/resolver.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace dtrace::probe {

/// What a trace of this probe is called.
struct TraceName {
    std::optional<Uuid> id;  ///< absent: the runner's own
    std::string probe;
    MeasurementName measurement;

    void give_to(Trace& trace) const;
};

/// Tells the master how far a round on demand is while it runs. What is lost is lost: the trace
/// itself goes by the outbox, and the next look may get through. A master that does not want it, or
/// knows nothing of this, is asked once for each round.
class Progress {
  public:
    static constexpr Duration first_after = milliseconds(200);
    static constexpr Duration then_every = milliseconds(500);
    static constexpr Duration naming_wait = milliseconds(50);  ///< what comes later comes next time
    static constexpr Duration timeout = seconds(5);            ///< later news would not be any
    /// Rounds at a time that are told of; further ones are when one of them is over.
    static constexpr std::size_t at_once = 4;

    /// `master`: not where reports go, as whoever ordered the round asks the master.
    Progress(http::Client& client, wire::Resolver& resolver, async::WorkerPool& workers,
             http::Url const& master, http::BasicCredentials credentials, Logger& log)
        : client_(client),
          resolver_(resolver),
          workers_(workers),
          to_{master.with_target("/api/v1/probe/progress"), std::move(credentials), timeout},
          log_(log) {}

    /// Until the round is over.
    [[nodiscard]] boost::asio::awaitable<void> tell(std::shared_ptr<RoundView> view,
                                                    TraceName name);

  private:
    enum class Sent : std::uint8_t { taken, lost, unwanted };
    [[nodiscard]] boost::asio::awaitable<Sent> send(Trace trace);

    http::Client& client_;
    wire::Resolver& resolver_;
    async::WorkerPool& workers_;
    Recipient to_;
    Logger& log_;
    std::size_t told_ = 0;
};

}  // namespace dtrace::probe
