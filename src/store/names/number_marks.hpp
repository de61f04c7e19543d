#pragma once

#include "records/path_code.hpp"

#include <bitset>
#include <cstddef>
#include <unordered_map>

namespace dtrace::store {

/// A set of row numbers. They are dense, one bit each; those of a damaged row may be anything.
class NumberSet {
  public:
    void insert(RowId id) { blocks_[block_of(id)].set(bit_of(id)); }
    [[nodiscard]] bool contains(RowId id) const {
        auto const block = blocks_.find(block_of(id));
        return block != blocks_.end() && block->second.test(bit_of(id));
    }

  private:
    static constexpr std::size_t block_bits = 4096;

    static std::uint64_t block_of(RowId id) { return static_cast<std::uint64_t>(id) / block_bits; }
    static std::size_t bit_of(RowId id) { return static_cast<std::uint64_t>(id) % block_bits; }

    std::unordered_map<std::uint64_t, std::bitset<block_bits>> blocks_;
};

/// Numbers that something refers to.
struct NumberMarks {
    NumberSet addresses;
    NumberSet texts;
    NumberSet contexts;
};

}  // namespace dtrace::store
