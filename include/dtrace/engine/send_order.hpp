#pragma once

#include <dtrace/engine/plan.hpp>
#include <dtrace/model/packet.hpp>

#include <algorithm>
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
    void begin_step(std::uint32_t step);

    std::uint32_t hops_;
    std::uint32_t flows_;
    std::uint32_t attempts_;
    Ttl first_hop_;
    std::uint32_t step_ = 0;
    std::uint32_t flow_ = 0;
    std::uint32_t attempt_ = 0;
};

inline void SendOrder::begin_step(std::uint32_t step) {
    step_ = step;
    // Flows so far behind that no hop of theirs belongs to this step are passed over.
    std::uint32_t const reach = hops_ - 1 + attempts_ - 1;
    flow_ = step > reach ? step - reach : 0;
    attempt_ = 0;
}

inline std::optional<Packet> SendOrder::next() {
    std::uint32_t const last_step = (hops_ - 1) + (flows_ - 1) + (attempts_ - 1);
    while (step_ <= last_step) {
        std::uint32_t const flows_begun = std::min(flows_, step_ + 1);
        for (; flow_ < flows_begun; ++flow_, attempt_ = 0) {
            while (attempt_ < attempts_ && flow_ + attempt_ <= step_) {
                std::uint32_t const hop = step_ - flow_ - attempt_;
                std::uint32_t const attempt = attempt_++;
                if (hop >= hops_) continue;
                return Packet{.flow = static_cast<FlowIndex>(flow_),
                              .ttl = static_cast<Ttl>(first_hop_ + hop),
                              .attempt = static_cast<Attempt>(attempt)};
            }
        }
        begin_step(step_ + 1);
    }
    return std::nullopt;
}

}  // namespace dtrace::engine
