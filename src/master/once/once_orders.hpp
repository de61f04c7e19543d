#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/assignment.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::master {

/// One-off work that was ordered and is not done: which probes still owe a trace. An order ends
/// when each of them has reported, or at its deadline. Pure.
class OnceOrders {
  public:
    using Names = std::set<std::string, std::less<>>;

    /// At a time, for one probe.
    static constexpr std::size_t max_per_probe = 100;

    /// Errors: errc::invalid_argument (no probe, an id that is there); errc::
    /// resource_unavailable_try_again (one of the probes has max_per_probe to do; nothing is
    /// ordered then).
    [[nodiscard]] Result<void> add(OnceItem item, Names probes);

    /// A trace of this probe came: whether it carries out an order of the probe's.
    [[nodiscard]] bool reported(Uuid const& trace, std::string_view probe);

    /// Drops what is overdue; the probes that had it to do.
    [[nodiscard]] Names expire(Timestamp now);

    /// The same for one order.
    [[nodiscard]] Names drop(Uuid const& item);

    /// What this probe has to do, by id.
    [[nodiscard]] std::vector<OnceItem> items_of(std::string_view probe) const;

    /// Who still owes a trace; none: there is no such order, it is done or was dropped.
    [[nodiscard]] Names const* waiting_for(Uuid const& item) const;

    [[nodiscard]] std::optional<Timestamp> next_deadline() const;

  private:
    struct Order {
        OnceItem item;
        Names waiting;
    };
    struct Owed {
        Uuid item;
        std::string probe;
    };

    std::map<Uuid, Order> orders_;
    std::map<Uuid, Owed> owed_;  ///< by the id that the trace will have
    std::map<std::string, std::set<Uuid>, std::less<>> by_probe_;
};

}  // namespace dtrace::master
