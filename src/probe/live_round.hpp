#pragma once

#include <dtrace/core/prefetch.hpp>
#include <dtrace/engine/round.hpp>
#include <dtrace/packet/encode_packet.hpp>
#include <dtrace/probe/prober.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace dtrace::probe {

/// Lives in the frame of the coroutine that waits for it.
struct Prober::LiveRound {
    LiveRound(engine::Plan const& plan, engine::FlowLease leased, IpAddress to, std::uint8_t tos,
              packet::Secret const& secret, boost::asio::any_io_executor const& executor)
        : lease(std::move(leased)),
          destination(std::move(to)),
          round(plan, lease.flows(), Clock::now()),
          ended(executor, boost::asio::steady_timer::time_point::max()) {
        encoders.reserve(lease.flows().size());
        tags.resize(lease.flows().size());
        for (auto const& flow : lease.flows())
            encoders.emplace_back(flow, secret, tos);
    }

    /// Its turn comes soon: what it needs then is fetched into the processor's cache.
    void fetch() const { fetch_bytes(this, sizeof *this); }
    /// Its turn comes next, and it was fetched: so many of its flows are.
    void fetch_flows(std::size_t most) const {
        std::size_t const count = std::min(encoders.size(), most);
        fetch_bytes(encoders.data(), count * sizeof encoders.front());
        fetch_bytes(tags.data(), count * sizeof tags.front());
        round.fetch(count);
    }

    engine::RoundNumber number = 0;
    engine::FlowLease lease;
    IpAddress destination;  ///< of all packets; of a link-local one, the flows have no scope
    engine::Round round;
    engine::Pacer* target_pacer = nullptr;  ///< none: the target has no limit of its own
    std::optional<Packet> held;             ///< handed out by the round, and to leave later
    std::vector<packet::FlowEncoder> encoders;
    std::vector<packet::TagSequence> tags;
    boost::asio::steady_timer ended;  ///< cancelled when the round is done
};

}  // namespace dtrace::probe
