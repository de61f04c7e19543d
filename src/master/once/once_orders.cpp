#include "once/once_orders.hpp"

#include <algorithm>
#include <utility>

namespace dtrace::master {

Result<void> OnceOrders::add(OnceItem item, Names probes) {
    namespace errc = boost::system::errc;
    if (probes.empty()) return make_error(errc::invalid_argument, "no probe is to do it");
    if (orders_.contains(item.id))
        return make_error(errc::invalid_argument, "there is an order with this id");
    for (auto const& probe : probes)
        if (auto const has = by_probe_.find(probe);
            has != by_probe_.end() && has->second.size() >= max_per_probe)
            return make_error(errc::resource_unavailable_try_again,
                              "probe " + probe + " has " + std::to_string(max_per_probe) +
                                  " one-off rounds to do already");
    for (auto const& probe : probes) {
        owed_.insert_or_assign(once_trace_id(item.id, probe),
                               Owed{.item = item.id, .probe = probe});
        by_probe_[probe].insert(item.id);
    }
    auto const id = item.id;
    orders_.insert_or_assign(id, Order{std::move(item), std::move(probes)});
    return {};
}

bool OnceOrders::reported(Uuid const& trace, std::string_view probe) {
    auto const found = owed_.find(trace);
    if (found == owed_.end() || found->second.probe != probe) return false;
    auto const item = found->second.item;
    auto const name = std::move(found->second.probe);
    progress_bytes_ -= found->second.bytes;
    owed_.erase(found);
    by_probe_[name].erase(item);
    if (by_probe_[name].empty()) by_probe_.erase(name);
    auto const order = orders_.find(item);
    order->second.waiting.erase(name);
    if (order->second.waiting.empty()) orders_.erase(order);
    return true;
}

Result<void> OnceOrders::progressed(Trace trace, std::size_t bytes) {
    namespace errc = boost::system::errc;
    auto const found = owed_.find(trace.id);
    if (found == owed_.end() || found->second.probe != trace.probe)
        return make_error(errc::no_such_process, "nobody waits for this trace");
    auto& owed = found->second;
    auto& order = orders_.at(owed.item);
    if (trace.measurement != order.item.measurement)
        return make_error(errc::no_such_process, "it is of another measurement");
    auto const others = progress_bytes_ - owed.bytes;
    if (bytes > max_progress_bytes - others)
        return make_error(errc::not_enough_memory,
                          "the progress of all traces together is too large");
    progress_bytes_ = others + bytes;
    owed.bytes = bytes;
    owed.progress = std::make_shared<Trace const>(std::move(trace));
    ++order.progress;
    return {};
}

OnceOrders::Progress OnceOrders::progress_of(Uuid const& item) const {
    Progress progress;
    auto const order = orders_.find(item);
    if (order == orders_.end()) return progress;
    progress.changes = order->second.progress;
    for (auto const& probe : order->second.waiting)
        if (auto const& trace = owed_.at(once_trace_id(item, probe)).progress)
            progress.traces.push_back(trace);
    return progress;
}

std::uint64_t OnceOrders::progress_count(Uuid const& item) const {
    auto const order = orders_.find(item);
    return order == orders_.end() ? 0 : order->second.progress;
}

OnceOrders::Names OnceOrders::expire(Timestamp now) {
    std::vector<Uuid> overdue;
    for (auto const& [id, order] : orders_)
        if (order.item.deadline <= now) overdue.push_back(id);
    Names probes;
    for (auto const& id : overdue)
        probes.merge(drop(id));
    return probes;
}

OnceOrders::Names OnceOrders::drop(Uuid const& item) {
    auto const order = orders_.find(item);
    if (order == orders_.end()) return {};
    auto waiting = order->second.waiting;
    for (auto const& probe : waiting)
        (void)reported(once_trace_id(item, probe), probe);
    return waiting;
}

std::vector<OnceItem> OnceOrders::items_of(std::string_view probe) const {
    std::vector<OnceItem> items;
    if (auto const ids = by_probe_.find(probe); ids != by_probe_.end())
        for (auto const& id : ids->second)
            items.push_back(orders_.at(id).item);
    return items;
}

OnceOrders::Names const* OnceOrders::waiting_for(Uuid const& item) const {
    auto const order = orders_.find(item);
    return order == orders_.end() ? nullptr : &order->second.waiting;
}

std::optional<Timestamp> OnceOrders::next_deadline() const {
    std::optional<Timestamp> next;
    for (auto const& [id, order] : orders_)
        next = std::min(next.value_or(order.item.deadline), order.item.deadline);
    return next;
}

}  // namespace dtrace::master
