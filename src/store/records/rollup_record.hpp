#pragma once

#include "records/trace_record.hpp"

#include <dtrace/store/rollup.hpp>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dtrace::store {

/// A roll-up as its row holds it: paths are numbers of rows, hops in a column of their own.
struct RollupRecord {
    Rollup rollup;  ///< its `paths` are empty
    std::map<RowId, std::uint64_t> paths;

    void add(RollupRecord const& other);
    /// One more trace, and the rows of its paths.
    void add(RecordSamples const& samples, std::span<StoredPath const* const> its_paths,
             std::span<RowId const> path_rows);
    /// Leaves the most frequent paths and counts the others together.
    void leave_out_rare_paths(std::size_t most);
};

[[nodiscard]] std::string encode_rollup(RollupRecord const& record);
/// None: damaged.
[[nodiscard]] std::optional<RollupRecord> decode_rollup(std::string_view record);

/// Beside it, as few questions are for them.
[[nodiscard]] std::string encode_hops(std::map<Ttl, HopRollup> const& hops);
[[nodiscard]] std::optional<std::map<Ttl, HopRollup>> decode_hops(std::string_view record);

/// Both columns; no hops where an earlier version summed up.
[[nodiscard]] std::optional<RollupRecord> read_rollup(std::string_view record,
                                                      std::string_view hops);

}  // namespace dtrace::store
