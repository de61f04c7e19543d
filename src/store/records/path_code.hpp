#pragma once

#include "records/path_shape.hpp"

#include <dtrace/model/trace.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::store {

// The row of a path: its shape, and what its first trace had, in bits.

/// Position in a table of the database; 0: none.
using RowId = std::int64_t;

/// Numbers for the addresses and texts of a shape, given out by the database.
class Numbering {
  public:
    virtual ~Numbering() = default;
    virtual RowId number_of(IpAddress const& address) = 0;
    virtual RowId number_of(std::string_view text) = 0;
};

/// And back. None: the database has no such row, thus is damaged.
class Naming {
  public:
    virtual ~Naming() = default;
    virtual std::optional<IpAddress> address_of(RowId id) = 0;
    virtual std::optional<std::string> text_of(RowId id) = 0;
};

/// What the first trace with a path was like: later ones are told by how they differ from it, which
/// takes little room if they do not differ much.
struct FirstTrace {
    RowId context = 0;
    std::uint64_t took_us = 0;
    std::vector<std::uint32_t> rtts_us;  ///< of each of the shape's answers
};

[[nodiscard]] FirstTrace first_trace(RowId context, std::uint64_t took_us, SplitPath const& split);
[[nodiscard]] std::string encode_first_trace(FirstTrace const& first);
/// Meaningless bytes give a FirstTrace that does not fit the shape.
[[nodiscard]] FirstTrace decode_first_trace(std::string_view bytes);

[[nodiscard]] std::string encode_shape(SplitPath const& split, Numbering& numbering);

/// The shape as a path whose hops hold each different answer once, with its RTT of `first`. None if
/// the bytes are not what was written.
[[nodiscard]] std::optional<Path> decode_shape(std::string_view shape, FirstTrace const& first,
                                               Naming& naming);

}  // namespace dtrace::store
