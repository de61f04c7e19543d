#pragma once

#include "trace_record.hpp"

#include <dtrace/store/rollup.hpp>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dtrace::store {

/// A roll-up as its row holds it: paths are numbers of rows.
struct RollupRecord {
    Rollup rollup;  ///< its `paths` are empty
    std::map<RowId, std::uint64_t> paths;

    void add(RollupRecord const& other);
    /// One more trace, and the rows of its paths.
    void add(Trace const& trace, std::span<RowId const> path_rows);
    /// Leaves the most frequent paths and counts the others together.
    void leave_out_rare_paths(std::size_t most);
};

[[nodiscard]] std::string encode_rollup(RollupRecord const& record);
/// None: damaged.
[[nodiscard]] std::optional<RollupRecord> decode_rollup(std::string_view record);

}  // namespace dtrace::store
