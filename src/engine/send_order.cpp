#include <dtrace/engine/send_order.hpp>

namespace dtrace::engine {

SendOrder::SendOrder(Plan const& plan)
    : hops_(plan.max_hops - plan.first_hop + 1u),
      flows_(plan.flows),
      attempts_(plan.attempts),
      first_hop_(plan.first_hop) {}

}  // namespace dtrace::engine
