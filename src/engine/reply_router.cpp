#include <dtrace/core/mixed.hpp>
#include <dtrace/engine/reply_router.hpp>

#include <algorithm>
#include <bit>
#include <utility>

namespace dtrace::engine {

namespace {

struct Words {
    std::uint64_t high, low;
};

Words words_of(IpAddress const& address) {
    if (address.is_v4()) return {0, address.to_v4().to_uint()};
    return std::bit_cast<Words>(address.to_v6().to_bytes());
}

}  // namespace

ReplyRouter::Key ReplyRouter::key_of(Flow const& flow) {
    auto const [high, low] = words_of(flow.destination);
    return {.destination_high = high,
            .destination_low = low,
            .ports = std::uint32_t{flow.id} << 16 | flow.destination_port,
            .method = flow.method,
            .family = family_of(flow.destination)};
}

/// The flows of a round mostly have neighbouring ids. Eight such have slots within 64 bytes, one
/// cache line or two in a row: what one reply has brought from memory serves the next ones.
std::uint32_t ReplyRouter::hash_of(Key const& key) {
    constexpr std::uint32_t together = 7;
    std::uint32_t const id = key.ports >> 16;
    std::uint64_t const rest =
        std::uint64_t{key.ports & ~(together << 16)} << 8 | static_cast<std::uint8_t>(key.method);
    auto const hash = static_cast<std::uint32_t>(
        mixed(mixed(mixed(key.destination_high) ^ key.destination_low) ^ rest) >> 32);
    return hash ^ (id & together);
}

std::uint32_t ReplyRouter::id_of(Key const& key) {
    return key.ports >> 16 << 8 | static_cast<std::uint8_t>(key.method);
}

std::size_t ReplyRouter::slot_of(Key const& key, std::uint32_t hash) const {
    std::size_t const last = slots_.size() - 1;
    std::size_t at = hash & last;
    while (slots_[at].entry != none &&
           (slots_[at].hash != hash || entries_[slots_[at].entry].key != key))
        at = (at + 1) & last;
    return at;
}

void ReplyRouter::add(Flow const& flow, FlowOwner owner) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    Key const key = key_of(flow);
    std::uint32_t const hash = hash_of(key);
    Slot& slot = slots_[slot_of(key, hash)];
    if (slot.entry != none) return;
    Index index = free_;
    if (index == none) {
        index = static_cast<Index>(entries_.size());
        entries_.emplace_back();
    } else {
        free_ = entries_[index].next;
    }
    entries_[index] = {.key = key, .owner = owner, .previous = none, .next = none};
    slot = {.entry = index, .hash = hash};
    link(index);
    ++size_;
}

void ReplyRouter::remove(Flow const& flow) {
    if (size_ == 0) return;
    Key const key = key_of(flow);
    std::size_t const at = slot_of(key, hash_of(key));
    Index const index = slots_[at].entry;
    if (index == none) return;
    unlink(index);
    entries_[index].next = free_;
    free_ = index;
    close_gap(at);
    --size_;
}

std::optional<FlowOwner> ReplyRouter::find(Flow const& flow) const {
    if (size_ == 0) return std::nullopt;
    Key const key = key_of(flow);
    Index const index = slots_[slot_of(key, hash_of(key))].entry;
    if (index == none) return std::nullopt;
    return entries_[index].owner;
}

ReplyRouter::Candidates ReplyRouter::find_translated(Flow const& flow) const {
    Candidates candidates;
    auto const first = by_id_.find(id_of(key_of(flow)));
    if (first == by_id_.end()) return candidates;
    for (Index index = first->second; index != none && candidates.size() < max_candidates;
         index = entries_[index].next)
        candidates.add(entries_[index].owner);
    return candidates;
}

void ReplyRouter::grow() {
    std::vector<Slot> const before =
        std::exchange(slots_, std::vector<Slot>(std::max<std::size_t>(64, 2 * slots_.size())));
    std::size_t const last = slots_.size() - 1;
    for (Slot const& slot : before) {
        if (slot.entry == none) continue;
        std::size_t at = slot.hash & last;
        while (slots_[at].entry != none)
            at = (at + 1) & last;
        slots_[at] = slot;
    }
}

void ReplyRouter::close_gap(std::size_t gap) {
    // Whatever follows and may stand nearer to where its hash says is moved into the gap.
    std::size_t const last = slots_.size() - 1;
    for (std::size_t at = (gap + 1) & last; slots_[at].entry != none; at = (at + 1) & last) {
        std::size_t const distance = (at - slots_[at].hash) & last;
        if (distance < ((at - gap) & last)) continue;
        slots_[gap] = slots_[at];
        gap = at;
    }
    slots_[gap] = {};
}

void ReplyRouter::link(Index index) {
    Entry& entry = entries_[index];
    auto const [first, is_new] = by_id_.try_emplace(id_of(entry.key), index);
    if (is_new) return;
    entry.next = first->second;
    entries_[entry.next].previous = index;
    first->second = index;
}

void ReplyRouter::unlink(Index index) {
    Entry const& entry = entries_[index];
    if (entry.next != none) entries_[entry.next].previous = entry.previous;
    if (entry.previous != none)
        entries_[entry.previous].next = entry.next;
    else if (entry.next != none)
        by_id_[id_of(entry.key)] = entry.next;
    else
        by_id_.erase(id_of(entry.key));
}

}  // namespace dtrace::engine
