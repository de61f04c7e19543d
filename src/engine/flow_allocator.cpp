#include <dtrace/engine/flow_allocator.hpp>

#include <algorithm>
#include <functional>
#include <iterator>

namespace dtrace::engine {

namespace {

constexpr std::uint32_t range = last_source_port - first_source_port + 1;

std::vector<std::uint16_t> ids_of(std::vector<Flow> const& flows) {
    std::vector<std::uint16_t> ids;
    ids.reserve(flows.size());
    for (auto const& flow : flows)
        ids.push_back(flow.id);
    std::ranges::sort(ids);
    return ids;
}

}  // namespace

FlowLease::~FlowLease() {
    if (allocator_) allocator_->release(flows_);
}

FlowAllocator::Key FlowAllocator::key_of(Flow const& flow) {
    return {{flow.method, flow.destination_port}, flow.destination};
}

std::uint32_t FlowAllocator::start_of(Flow const& flow) const {
    if (flow.id >= first_source_port && flow.id <= last_source_port)
        return flow.id - first_source_port;
    std::uint64_t hash = std::hash<IpAddress>{}(flow.destination) ^ salt_;
    hash ^= flow.destination_port + (std::uint64_t{static_cast<std::uint8_t>(flow.method)} << 16);
    hash *= 0x9E3779B97F4A7C15u;  // Knuth's multiplicative hashing
    return static_cast<std::uint32_t>((hash >> 32) % range);
}

std::optional<FlowLease> FlowAllocator::lease(Flow const& like, std::uint16_t count) {
    auto& used = used_[key_of(like)];
    std::vector<Flow> flows;
    flows.reserve(count);
    std::uint32_t const start = start_of(like);
    for (std::uint32_t i = 0; i < range && flows.size() < count; ++i) {
        auto const id = static_cast<std::uint16_t>(first_source_port + (start + i) % range);
        if (std::ranges::binary_search(used, id)) continue;
        flows.push_back(like);
        flows.back().id = id;
    }
    if (flows.size() < count) {
        if (used.empty()) used_.erase(key_of(like));
        return std::nullopt;
    }
    auto const before = std::exchange(used, {});
    std::ranges::merge(before, ids_of(flows), std::back_inserter(used));
    return FlowLease(*this, std::move(flows));
}

void FlowAllocator::release(std::vector<Flow> const& flows) {
    if (flows.empty()) return;
    auto const entry = used_.find(key_of(flows.front()));
    std::vector<std::uint16_t> left;
    std::ranges::set_difference(entry->second, ids_of(flows), std::back_inserter(left));
    if (left.empty())
        used_.erase(entry);
    else
        entry->second = std::move(left);
}

}  // namespace dtrace::engine
