#pragma once

#include "path_shape.hpp"

#include <dtrace/model/trace.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::store {

// What is stored with each trace, in bits. Its key (series, start, id) stands in columns, what it
// shares with other traces in rows of its context and of its paths' shapes.

/// One path of a trace that is about to be written.
struct RecordedPath {
    RowId id = 0;  ///< of its shape
    std::vector<HopSample> hops;
    std::vector<std::uint32_t> reference;  ///< RTTs of the shape's answers
};

[[nodiscard]] std::string encode_record(Trace const& trace, RowId context, RowId error,
                                        std::span<RecordedPath const> paths);

/// The part that says which other rows to look up.
struct RecordHeader {
    RowId context = 0;
    RowId error = 0;  ///< text
    std::vector<RowId> paths;
};

[[nodiscard]] std::optional<RecordHeader> decode_header(std::string_view record);

/// Fills stop_reason, took_us, packets and paths of `trace`. `shapes`: one for each of the header's
/// paths, as from decode_shape. False: the record is not what was written.
[[nodiscard]] bool decode_record(std::string_view record, std::span<Path const* const> shapes,
                                 Trace& trace);

}  // namespace dtrace::store
