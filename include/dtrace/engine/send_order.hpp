#pragma once

#include <dtrace/engine/plan.hpp>
#include <dtrace/model/packet.hpp>

#include <cstdint>
#include <optional>

namespace dtrace::engine {

/// The order in which a round's packets leave: by ttl + flow + attempt. Every TTL layer is visited
/// at an even pace, packets in a row go to different routers, and all attempts at a hop go out
/// before the hops far behind it. So a target that limits its answers (Linux: six, then one a
/// second) spends them on its own hop and not on packets that overshoot it.
class SendOrder {
  public:
    explicit SendOrder(Plan const& plan);

    /// Every packet of the plan once; then none.
    [[nodiscard]] std::optional<Packet> next();

    [[nodiscard]] Ttl last_hop() const { return static_cast<Ttl>(first_hop_ + hops_ - 1); }

  private:
    /// Of the next flow in this step, or the first in the next step; false: there is none.
    bool begin_flow();

    std::uint32_t hops_;
    std::uint32_t flows_;
    std::uint32_t attempts_;
    Ttl first_hop_;
    std::uint32_t step_ = 0;
    std::uint32_t flow_ = 0;
    // Of that flow in that step:
    std::uint32_t attempt_ = 0;       ///< the next one
    std::uint32_t attempts_end_ = 1;  ///< behind the last one
};

inline std::optional<Packet> SendOrder::next() {
    if (attempt_ == attempts_end_ && !begin_flow()) return std::nullopt;
    std::uint32_t const attempt = attempt_++;
    return Packet{.flow = static_cast<FlowIndex>(flow_),
                  .ttl = static_cast<Ttl>(first_hop_ + (step_ - flow_ - attempt)),
                  .attempt = static_cast<Attempt>(attempt)};
}

}  // namespace dtrace::engine
