#pragma once

#include <dtrace/model/trace.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::store {

// A path is kept in two parts. Its *shape* is all that stays the same as long as the network does:
// flow, ports, and per hop the different answers without their times. Equal shapes have equal bytes
// and are stored once. What changes from round to round (PathSample) stays with the trace.

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

/// One answer of a hop: which of the shape's answers, and when.
struct AnswerSample {
    std::uint32_t which = 0;
    std::uint32_t rtt_us = 0;
};

struct HopSample {
    std::uint32_t sent = 0;
    std::uint32_t kinds = 0;            ///< different answers in the shape
    std::vector<AnswerSample> answers;  ///< none if and only if `kinds` is 0
};

struct ShapedPath {
    std::string shape;
    std::vector<HopSample> hops;
};

[[nodiscard]] ShapedPath split(Path const& path, Numbering& numbering);

/// A typical RTT of each of the shape's answers, hop by hop: what the times of later traces are
/// compared with, and they take little room if they are near. Taken from the first trace.
[[nodiscard]] std::vector<std::uint32_t> reference_rtts(std::span<HopSample const> hops);
[[nodiscard]] std::string encode_rtts(std::span<std::uint32_t const> rtts);
[[nodiscard]] std::vector<std::uint32_t> decode_rtts(std::string_view bytes);

/// The shape as a path whose hops hold each different answer once, with its reference RTT. None if
/// the bytes are not what was written.
[[nodiscard]] std::optional<Path> decode_shape(std::string_view shape,
                                               std::span<std::uint32_t const> reference,
                                               Naming& naming);

}  // namespace dtrace::store
