#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/assignment.hpp>
#include <dtrace/model/trace.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
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
    /// Of the progress of all traces together.
    static constexpr std::size_t max_progress_bytes = 8 << 20;

    /// Errors: errc::invalid_argument (no probe, an id that is there); errc::
    /// resource_unavailable_try_again (one of the probes has max_per_probe to do; nothing is
    /// ordered then).
    [[nodiscard]] Result<void> add(OnceItem item, Names probes);

    /// A trace of this probe came: whether it carries out an order of the probe's.
    [[nodiscard]] bool reported(Uuid const& trace, std::string_view probe);

    /// A trace that this probe owes, as far as it is, in the place of what was there before;
    /// `bytes`: of its JSON. Forgotten with the order. Errors: errc::no_such_process (it is not
    /// owed), errc::not_enough_memory (all that is kept would exceed max_progress_bytes).
    [[nodiscard]] Result<void> progressed(Trace trace, std::size_t bytes);

    /// Of the traces that this order still waits for: as far as they are, and how often that
    /// changed.
    struct Progress {
        std::uint64_t changes = 0;
        std::vector<std::shared_ptr<Trace const>> traces;
    };
    [[nodiscard]] Progress progress_of(Uuid const& item) const;
    [[nodiscard]] std::uint64_t progress_count(Uuid const& item) const;

    /// Drops what is overdue; the probes that had it to do.
    [[nodiscard]] Names expire(Timestamp now);

    /// The same for one order.
    [[nodiscard]] Names drop(Uuid const& item);

    [[nodiscard]] bool owes(std::string_view probe) const { return by_probe_.contains(probe); }
    /// What this probe has to do, by id.
    [[nodiscard]] std::vector<OnceItem> items_of(std::string_view probe) const;

    /// Who still owes a trace; none: there is no such order, it is done or was dropped.
    [[nodiscard]] Names const* waiting_for(Uuid const& item) const;

    [[nodiscard]] std::optional<Timestamp> next_deadline() const;

  private:
    struct Order {
        OnceItem item;
        Names waiting;
        std::uint64_t progress = 0;
    };
    struct Owed {
        Uuid item;
        std::string probe;
        std::shared_ptr<Trace const> progress = {};
        std::size_t bytes = 0;  ///< of `progress`
    };

    std::map<Uuid, Order> orders_;
    std::map<Uuid, Owed> owed_;  ///< by the id that the trace will have
    std::map<std::string, std::set<Uuid>, std::less<>> by_probe_;
    std::size_t progress_bytes_ = 0;
};

}  // namespace dtrace::master
