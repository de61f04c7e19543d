#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/engine/flow_progress.hpp>
#include <dtrace/engine/hop_timing.hpp>
#include <dtrace/engine/mda.hpp>
#include <dtrace/engine/packet_table.hpp>
#include <dtrace/engine/path_memory.hpp>
#include <dtrace/engine/plan.hpp>
#include <dtrace/engine/reply_details.hpp>
#include <dtrace/engine/routed_reply.hpp>
#include <dtrace/engine/send_order.hpp>
#include <dtrace/model/packet.hpp>
#include <dtrace/model/trace.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace dtrace::engine {

/// What the driver of a round is to do now.
struct Action {
    enum class Kind : std::uint8_t { send, wait, done } kind = Kind::done;
    TimePoint until{};  ///< to wait; a reply may change it
    Packet packet{};    ///< to send
};

/// What the round is called in its trace.
struct TraceHeader {
    Uuid id;
    TraceTarget target;
    Timestamp started_at;
};

/// One round, sans I/O: no clock, no socket, no callback. The driver asks next(), does what it says
/// and tells what happened; then it may ask next() again.
///
/// TCP: a target with an open port holds the first SYN of a flow half open until our host's RST
/// arrives, and does not answer further SYNs meanwhile. Packets that went out in that time say
/// nothing about loss: they are `shadowed` and sent again, one round trip apart.
class Round {
  public:
    /// `flows`: the leased flows, `plan.flows` of them, to the same destination.
    Round(Plan const& plan, std::vector<Flow> flows, TimePoint start);

    /// A packet is handed out once; on_sent or send_failed must follow.
    [[nodiscard]] Action next(TimePoint now);
    void on_sent(Packet const& packet, std::uint32_t sealed_tag, TimePoint at);
    void send_failed(Packet packet, boost::system::error_code why);
    /// Takes a packet back that nobody waits for any more; false: it is still to be sent.
    bool withdraw(Packet const& packet);
    /// Whether an answer that is soon to come may end the path before this packet's hop.
    [[nodiscard]] bool may_overshoot(Packet const& packet, TimePoint now) const;
    void on_reply(RoutedReply const& routed);
    /// Into the processor's cache: what is looked at before the packet is sent.
    void fetch(Packet const& packet) const {
        __builtin_prefetch(&progress_[packet.flow]);
        table_.fetch(packet);
    }
    /// Whether the reply's tag is one that this round has sent.
    [[nodiscard]] bool recognises(RoutedReply const& routed) const;
    void on_receiver_drop(std::uint32_t packets) { counts_.receiver_dropped += packets; }

    [[nodiscard]] std::vector<Flow> const& flows() const { return flows_; }
    /// next() has said Done.
    [[nodiscard]] bool ended() const { return order_done_ && waiting_.empty() && resends_.empty(); }
    /// For the next round to the same target.
    [[nodiscard]] PathMemory learned() const;
    [[nodiscard]] std::uint32_t sent() const { return sent_; }
    /// What is known by now, with stop_reason cancelled as long as next() has not said Done.
    [[nodiscard]] Trace so_far(TraceHeader header, TimePoint now) const;
    /// Ends the round where it stands if next() has not said Done.
    [[nodiscard]] Trace finish(TraceHeader header, TimePoint now) &&;

  private:
    struct StoredAnswer {
        Packet packet;
        std::uint32_t rtt_us;
        AddressIndex from;
        ReplyKind kind;
        std::uint8_t reply_ttl;
        std::uint8_t quoted_ttl;  ///< 1 where nothing is quoted: nothing to say
        std::uint8_t quoted_tos;  ///< as sent where nothing is quoted
        std::uint8_t icmp_type;
        std::uint8_t icmp_code;
        std::uint16_t mtu;
        std::uint16_t details;  ///< position in details_ + 1; 0: none
    };
    /// settle() walks over everything that waits: not for every packet.
    static constexpr milliseconds settle_interval{1};

    struct Resend {
        Packet packet;
        TimePoint due;
    };
    friend class TraceAssembly;

    Action hand_out(Packet const& packet);
    [[nodiscard]] bool extend_order();
    [[nodiscard]] bool path_goes_on() const;
    void end_order();
    [[nodiscard]] bool wanted(Packet const& packet) const {
        return packet.ttl <= progress_[packet.flow].last_wanted();
    }
    [[nodiscard]] std::optional<Packet> match(RoutedReply const& routed) const;
    [[nodiscard]] bool of_earlier_round(RoutedReply const& routed) const;
    [[nodiscard]] AnswerMeaning meaning_of(Reply const& reply) const;
    /// `other`: it may come beside a real answer, and from a router before the packet's hop.
    void store_remark(Packet packet, Reply const& reply, AddressIndex from, microseconds rtt);
    void store_answer(Packet packet, Reply const& reply, AddressIndex from, microseconds rtt);
    [[nodiscard]] std::uint16_t intern(Extensions const& extensions,
                                       std::optional<Translation> const& translation);
    /// None: there are too many.
    [[nodiscard]] std::optional<AddressIndex> intern(IpAddress const& address, AddressIndex hint);
    void shadow_half_open(Packet answered, TimePoint now, microseconds rtt);
    [[nodiscard]] std::optional<Packet> due_resend(TimePoint now);
    TimePoint settle(TimePoint now);
    [[nodiscard]] Duration settle_delay(bool path_became_shorter) const;
    void apply_gap_limit(FlowIndex flow);
    [[nodiscard]] bool hop_is_silent(FlowIndex flow, Ttl ttl) const;

    Plan plan_;
    TimePoint start_;
    std::vector<Flow> flows_;
    SendOrder order_;
    bool extended_ = false;  ///< beyond where the path was known to end
    bool order_done_ = false;
    bool aborted_ = false;
    PacketTable table_;
    std::vector<FlowProgress> progress_;
    HopTiming timing_;
    std::optional<Mda> mda_;        ///< chooses packets instead of order_
    std::vector<Packet> waiting_;   ///< in the order of sending
    std::vector<Resend> resends_;   ///< in the order of their due times
    std::uint32_t unanswered_ = 0;  ///< of waiting_
    TimePoint settle_at_ = TimePoint::max();
    std::uint32_t handed_out_ = 0;  ///< neither sent nor failed yet
    PacketCounts counts_;
    std::uint32_t sent_ = 0;
    std::uint32_t failed_ = 0;
    boost::system::error_code send_error_;
    std::vector<IpAddress> addresses_;
    std::vector<StoredAnswer> answers_;
    std::vector<Packet> remarks_;        ///< packets of which an answer is a remark
    std::vector<ReplyDetails> details_;  ///< each different one once
};

}  // namespace dtrace::engine
