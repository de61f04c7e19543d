#include <dtrace/engine/send_order.hpp>

#include <algorithm>

namespace dtrace::engine {

SendOrder::SendOrder(Plan const& plan)
    : hops_(plan.max_hops - plan.first_hop + 1u),
      flows_(plan.flows),
      attempts_(plan.attempts),
      first_hop_(plan.first_hop) {}

bool SendOrder::begin_flow() {
    std::uint32_t const last_step = (hops_ - 1) + (flows_ - 1) + (attempts_ - 1);
    if (flow_ < std::min(flows_ - 1, step_)) {
        ++flow_;
    } else {
        if (step_ == last_step) return false;
        ++step_;
        // Flows so far behind that no hop of theirs belongs to this step are passed over.
        std::uint32_t const reach = hops_ - 1 + attempts_ - 1;
        flow_ = step_ > reach ? step_ - reach : 0;
    }
    // The packets whose hop, step - flow - attempt, is one of the plan's: at least one is.
    std::uint32_t const distance = step_ - flow_;
    attempt_ = distance >= hops_ ? distance - (hops_ - 1) : 0;
    attempts_end_ = std::min(attempts_, distance + 1);
    return true;
}

}  // namespace dtrace::engine
