#pragma once

#include "traces/sqlite_record_reader.hpp"

#include <dtrace/store/rounds.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace dtrace::store {

/// Puts rounds into columns, one after the other. Pure.
class RoundColumns {
  public:
    void add(Timestamp started_at, Uuid const& id, ReadRecord const& round);
    [[nodiscard]] RoundSeries finish() &&;

  private:
    /// What one TTL, or the target, had in the round that is being added.
    struct Sum {
        std::uint32_t sent = 0;
        std::vector<std::uint32_t> rtts_us;
    };

    void append(RoundCounts& counts, Sum& sum) const;

    RoundSeries series_;
    std::array<Sum, std::size_t{std::numeric_limits<Ttl>::max()} + 1> by_ttl_;
    std::array<RoundCounts, std::size_t{std::numeric_limits<Ttl>::max()} + 1> columns_;
    Sum target_;
};

}  // namespace dtrace::store
