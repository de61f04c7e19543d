#pragma once

#include "records/path_code.hpp"

#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dtrace::store {

// The key of a trace's row. It makes a retry harmless, keeps the traces of a series together in the
// order of time, and holds the uuid: its first 48 bits are not stored when they follow from the
// start, which they do in a version 7 made at that time.

struct RowKey {
    std::int64_t started = 0;  ///< as in the database
    RowId series = 0;
    std::string id;  ///< the uuid, or the part that does not follow from `started`

    friend auto operator<=>(RowKey const&, RowKey const&) = default;
};

/// Whether the uuid's first 48 bits are the milliseconds of `started`.
[[nodiscard]] bool tells_its_start(Uuid const& id, Timestamp started);

[[nodiscard]] std::string pack_id(Uuid const& id, Timestamp started);
/// None: `packed` is not from pack_id.
[[nodiscard]] std::optional<Uuid> unpack_id(std::string_view packed, Timestamp started);

/// Greater than every packed id.
[[nodiscard]] inline std::string id_beyond_all() {
    return std::string(17, '\xFF');
}

/// The milliseconds that the uuid speaks of.
[[nodiscard]] Timestamp start_told_by(Uuid const& id);

/// A place in a listing as a text of URL-safe characters, and back.
[[nodiscard]] std::string write_cursor(RowKey const& last);
[[nodiscard]] std::optional<RowKey> read_cursor(std::string_view cursor);

}  // namespace dtrace::store
