#include <dtrace/engine/reply_router.hpp>

#include <functional>

namespace dtrace::engine {

ReplyRouter::Key ReplyRouter::key_of(Flow const& flow) {
    return {.destination = flow.destination,
            .ports = std::uint32_t{flow.id} << 16 | flow.destination_port,
            .method = flow.method};
}

std::size_t ReplyRouter::Hash::operator()(Key const& key) const {
    std::uint64_t hash = std::hash<IpAddress>{}(key.destination);
    hash ^= (std::uint64_t{key.ports} << 8 | static_cast<std::uint8_t>(key.method)) *
            0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 29);
}

std::uint32_t ReplyRouter::partial_key_of(Flow const& flow) {
    return std::uint32_t{flow.id} << 8 | static_cast<std::uint8_t>(flow.method);
}

void ReplyRouter::add(Flow const& flow, FlowOwner owner) {
    if (owners_.try_emplace(key_of(flow), owner).second)
        by_id_.emplace(partial_key_of(flow), owner);
}

void ReplyRouter::remove(Flow const& flow) {
    auto const entry = owners_.find(key_of(flow));
    if (entry == owners_.end()) return;
    auto const [first, last] = by_id_.equal_range(partial_key_of(flow));
    for (auto same_id = first; same_id != last; ++same_id) {
        if (same_id->second != entry->second) continue;
        by_id_.erase(same_id);
        break;
    }
    owners_.erase(entry);
}

std::optional<FlowOwner> ReplyRouter::find(Flow const& flow) const {
    auto const entry = owners_.find(key_of(flow));
    if (entry == owners_.end()) return std::nullopt;
    return entry->second;
}

std::vector<FlowOwner> ReplyRouter::find_translated(Flow const& flow) const {
    std::vector<FlowOwner> candidates;
    auto [owner, last] = by_id_.equal_range(partial_key_of(flow));
    for (; owner != last && candidates.size() < max_candidates; ++owner)
        candidates.push_back(owner->second);
    return candidates;
}

}  // namespace dtrace::engine
