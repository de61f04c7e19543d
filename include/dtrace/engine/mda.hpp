#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/engine/mda_hop.hpp>
#include <dtrace/engine/plan.hpp>
#include <dtrace/model/multipath.hpp>
#include <dtrace/model/packet.hpp>

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

namespace dtrace::engine {

/// Multipath detection: which packet to send next, so that every next hop of every per-flow
/// balancer is found with the plan's confidence (docs/probing.md has the rules and their sources).
/// Flow 0 goes ahead and learns how long the path is; all hops behind it proceed at the same time.
/// Pure: told what was heard, asked what to send.
class Mda {
  public:
    explicit Mda(Plan const& plan);

    /// None: nothing until something is heard, or until wake().
    [[nodiscard]] std::optional<Packet> next(TimePoint now);
    [[nodiscard]] TimePoint wake() const;

    /// What next() gave leaves only now: it may have waited for a turn.
    void on_sent(Packet packet, TimePoint at);
    void on_answer(Packet packet, AddressIndex from, bool ends, microseconds rtt);
    /// Waited for long enough.
    void on_silence(Packet packet);
    /// No hop of the flow behind this one counts.
    void set_end(FlowIndex flow, Ttl last_wanted);

    /// The last hop that flow 0 went to.
    [[nodiscard]] Ttl scouted() const { return scouted_; }
    [[nodiscard]] Multipath result() const;

  private:
    /// The way from one hop to the next, of flows that are known at both.
    struct Links {
        std::vector<std::vector<Vertex>> successors;    ///< of each vertex before
        std::vector<std::vector<Vertex>> predecessors;  ///< of each vertex here
    };

    [[nodiscard]] Ttl ttl_at(std::size_t at) const {
        return static_cast<Ttl>(plan_.first_hop + at);
    }
    [[nodiscard]] double error(unsigned next_hops) const;

    void plan_ahead(TimePoint now);
    void add_hop();
    void scout(TimePoint now);
    [[nodiscard]] bool may_scout(TimePoint now) const;
    [[nodiscard]] microseconds slow_after() const;
    [[nodiscard]] TimePoint slow_at(std::size_t at) const;
    [[nodiscard]] bool scouting_over() const;
    [[nodiscard]] TimePoint asks_again_at(std::size_t at) const;

    void close_hops();
    void plan_hop(std::size_t at);
    void retry_silent(std::size_t at);
    void follow_lanes(std::size_t at);
    void widen(std::size_t at);
    void link(std::size_t at);
    void control_nodes(std::size_t at);
    void repeat_flows(std::size_t at);

    [[nodiscard]] unsigned needed(std::size_t at) const;
    [[nodiscard]] bool next_is_closed(std::size_t at) const;
    [[nodiscard]] bool next_brings_together(std::size_t at) const;
    [[nodiscard]] bool met(std::size_t at) const;
    [[nodiscard]] unsigned inferred(std::size_t at) const;
    [[nodiscard]] unsigned lanes(std::size_t at) const;
    [[nodiscard]] Links links(std::size_t at) const;
    [[nodiscard]] bool irregular(std::size_t at) const;
    [[nodiscard]] bool inherits(std::size_t at) const;
    [[nodiscard]] bool shown_by_next(std::size_t at, unsigned repetitions) const;
    [[nodiscard]] bool tested(std::size_t at) const;
    [[nodiscard]] Balancing balancing(std::size_t at) const;
    [[nodiscard]] std::optional<FlowIndex> flow_on(Vertex lane, std::size_t at) const;
    [[nodiscard]] std::optional<FlowIndex> best_flow(std::size_t at) const;
    [[nodiscard]] std::optional<FlowIndex> fresh_flow(std::size_t at) const;
    /// False: there are no attempts left.
    bool want(FlowIndex flow, std::size_t at);

    Plan plan_;
    std::vector<MdaHop> hops_;
    std::vector<Ttl> ends_;  ///< by flow
    FlowIndex used_ = 0;     ///< flows below are in use
    std::deque<Packet> queue_;
    std::vector<std::vector<Packet>> wanted_;  ///< by hop, while planning
    bool news_ = true;
    TimePoint planned_at_{};
    bool incomplete_ = false;
    Ttl scouted_;
    Ttl highest_answered_ = 0;
    unsigned answered_hops_ = 0;
    microseconds longest_rtt_{0};
    /// By hop: when flow 0's last packet to it left; none while that is planned or waits for a
    /// turn.
    std::vector<std::optional<TimePoint>> left_at_;
    std::vector<bool> closed_;  ///< by hop: what it has is enough, whatever is found behind it
    std::vector<bool> full_;    ///< by hop: every vertex before it is looked at by itself
    struct Repetitions {
        unsigned sent = 0, heard = 0, in_flight = 0;
    };
    std::vector<Repetitions> repetitions_;  ///< by hop
    std::vector<Packet> repeated_;          ///< in flight
    std::uint32_t sent_ = 0;
};

}  // namespace dtrace::engine
