#pragma once

#include <dtrace/engine/round.hpp>
#include <dtrace/packet/encode_packet.hpp>
#include <dtrace/probe/prober.hpp>

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace dtrace::probe {

inline constexpr std::size_t cache_line = 64;

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

    /// Its turn comes soon: the round itself is fetched into the processor's cache.
    void fetch() const {
        auto const* const begin = reinterpret_cast<std::byte const*>(this);
        for (std::size_t i = 0; i < sizeof *this; i += cache_line)
            __builtin_prefetch(begin + i);
    }
    /// What the packet needs that waits for its turn, if one does. Reads the round: fetch() before,
    /// a turn earlier.
    void fetch_held() const {
        if (!held) return;
        auto const* const encoder = reinterpret_cast<std::byte const*>(&encoders[held->flow]);
        __builtin_prefetch(encoder);
        __builtin_prefetch(encoder + cache_line);
        __builtin_prefetch(&tags[held->flow]);
        round.fetch(*held);
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
