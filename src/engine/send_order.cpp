#include <dtrace/engine/send_order.hpp>

#include <algorithm>

namespace dtrace::engine {

SendOrder::SendOrder(Plan const& plan)
    : hops_(plan.max_hops - plan.first_hop + 1u),
      flows_(plan.flows),
      attempts_(plan.attempts),
      first_hop_(plan.first_hop) {}

void SendOrder::begin_step(std::uint32_t step) {
    step_ = step;
    // Flows so far behind that no hop of theirs belongs to this step are passed over.
    std::uint32_t const reach = hops_ - 1 + attempts_ - 1;
    flow_ = step > reach ? step - reach : 0;
    attempt_ = 0;
}

std::optional<Packet> SendOrder::next() {
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
