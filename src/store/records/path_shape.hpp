#pragma once

#include <dtrace/model/trace.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace dtrace::store {

// A path is kept in two parts. Its *shape* is all that stays the same as long as the network does:
// flow, ports, and per hop the different answers without their times. Equal shapes are stored once.
// What changes from round to round, the *samples*, stays with the trace.

/// One answer of a hop: which of the shape's answers, and when.
struct AnswerSample {
    std::uint32_t which = 0;
    std::uint32_t rtt_us = 0;
};

struct HopSample {
    std::uint32_t sent = 0;
    std::uint32_t kinds = 0;     ///< different answers; 0 if and only if there are none
    std::uint32_t answered = 0;  ///< answers
};

/// A path taken apart. Refers to the path.
struct SplitPath {
    Path const* path = nullptr;
    std::vector<HopSample> hops;
    std::vector<AnswerSample> answers;  ///< of all hops, one after the other
    /// The different answers of all hops; those of a hop in an order that does not depend on who
    /// answered first.
    std::vector<Answer const*> kinds;
    /// The shape's: 16 bytes of BLAKE2b over its content, the same in every database.
    std::string hash;
};

[[nodiscard]] SplitPath split(Path const& path);

}  // namespace dtrace::store
