#pragma once

#include <dtrace/core/log.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/engine/flow_allocator.hpp>
#include <dtrace/engine/pacer.hpp>
#include <dtrace/engine/path_memory.hpp>
#include <dtrace/engine/reply_router.hpp>
#include <dtrace/engine/round_queue.hpp>
#include <dtrace/engine/target_pacers.hpp>
#include <dtrace/model/packet.hpp>
#include <dtrace/packet/decode_reply.hpp>
#include <dtrace/packet/tag.hpp>
#include <dtrace/probe/round_runner.hpp>
#include <dtrace/probe/target_policy.hpp>
#include <dtrace/wire/resolver.hpp>
#include <dtrace/wire/wire.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace dtrace::probe {

struct ProberOptions {
    double rate = 10'000;                 ///< packets per second of all rounds together
    std::optional<double> target_rate{};  ///< of them to one address; absent: all
    std::uint64_t flow_salt = 0;          ///< moves source ports apart between probes on one host
    TargetPolicy policy{};
};

/// What happened beside the rounds.
struct ProberCounters {
    std::uint64_t sent = 0;
    std::uint64_t replies = 0;           ///< claimed by a live round
    std::uint64_t unclaimed = 0;         ///< of no live round: foreign, or too late
    std::uint64_t receiver_dropped = 0;  ///< lost by our own sockets
};

/// Runs all rounds of the process over one wire: one loop sends, one receives, and the rounds
/// decide (engine). The owner runs both loops in its task group.
class Prober final : public RoundRunner {
  public:
    Prober(boost::asio::any_io_executor executor, wire::Wire& wire, wire::Resolver& resolver,
           Logger& log, ProberOptions options);
    ~Prober() override;

    boost::asio::awaitable<Trace> trace(TraceRequest request) override;

    /// Both return when they are cancelled.
    boost::asio::awaitable<void> run_sender();
    boost::asio::awaitable<void> run_receiver();

    [[nodiscard]] ProberCounters const& counters() const { return counters_; }

  private:
    struct LiveRound;
    struct Batch;
    struct Queued {
        LiveRound* live;
        Packet packet;
    };

    [[nodiscard]] Result<IpAddress> source_for(TraceRequest const& request,
                                               IpAddress const& destination);
    void enter(LiveRound& live);
    void leave(LiveRound& live);
    void fill_batch(TimePoint now);
    void fetch_next() const;
    enum class Turn { used, passed_on, not_needed };
    Turn ask(LiveRound& live, TimePoint now, bool may_pass_on, bool has_held_back);
    [[nodiscard]] bool may_put(TimePoint now) const;
    void put(LiveRound& live, Packet const& packet, TimePoint now);
    void send_batch();
    [[nodiscard]] std::size_t packets_per_time() const;
    [[nodiscard]] TimePoint next_wake(TimePoint now) const;
    void wake_sender();

    void on_packet(Datagram const& packet);
    [[nodiscard]] bool deliver(Reply const& reply, engine::FlowOwner const& owner, bool translated);

    boost::asio::any_io_executor executor_;
    wire::Wire& wire_;
    wire::Resolver& resolver_;
    Logger& log_;
    TargetPolicy policy_;
    packet::Secret secret_;
    engine::FlowAllocator allocator_;
    engine::PathMemories memories_;
    engine::ReplyRouter router_;
    engine::RoundQueue queue_;
    engine::Pacer pacer_;
    std::vector<engine::Pacer> layer_pacers_;  ///< by TTL
    std::optional<engine::TargetPacers> target_pacers_;
    int packets_per_turn_;
    boost::asio::steady_timer sender_timer_;
    std::unique_ptr<Batch> batch_;
    std::deque<Queued> backlog_;      ///< handed out by rounds, not taken by the wire yet
    std::vector<LiveRound*> rounds_;  ///< by number; none: the number is free
    std::vector<engine::RoundNumber> free_numbers_;
    ProberCounters counters_;
};

}  // namespace dtrace::probe
