#pragma once

#include <cstdint>
#include <vector>

namespace dtrace::analysis {

/// From 64-bit keys to consecutive numbers, in order of first appearance. Open addressing: millions
/// of look-ups a second is what it is for.
class IndexMap {
  public:
    struct Found {
        std::uint32_t index;
        bool is_new;
    };

    explicit IndexMap(std::size_t expected = 16) {
        std::size_t slots = 32;
        while (slots < expected * 2)
            slots *= 2;
        slots_.assign(slots, Slot{});
    }

    Found index_of(std::uint64_t key) {
        if ((size_ + 1) * 2 > slots_.size()) grow();
        Slot& slot = slot_of(key);
        if (slot.index != empty) return {slot.index, false};
        slot = {key, size_++};
        return {slot.index, true};
    }

    [[nodiscard]] std::uint32_t size() const { return size_; }

  private:
    static constexpr std::uint32_t empty = 0xFFFF'FFFF;
    struct Slot {
        std::uint64_t key = 0;
        std::uint32_t index = empty;
    };

    Slot& slot_of(std::uint64_t key) {
        std::uint64_t hash = key * 0x9E37'79B9'7F4A'7C15u;
        hash ^= hash >> 29;
        std::size_t const mask = slots_.size() - 1;
        std::size_t place = hash & mask;
        while (slots_[place].index != empty && slots_[place].key != key)
            place = (place + 1) & mask;
        return slots_[place];
    }

    void grow() {
        std::vector<Slot> old(slots_.size() * 2);
        old.swap(slots_);
        for (auto const& slot : old)
            if (slot.index != empty) slot_of(slot.key) = slot;
    }

    std::vector<Slot> slots_;
    std::uint32_t size_ = 0;
};

}  // namespace dtrace::analysis
