#pragma once

#include "records/bit_stream.hpp"

#include <dtrace/model/trace.hpp>

#include <string>

namespace dtrace::store {

// Members of a trace that most traces have nothing to say in. They are written behind what they
// belong to, and only where a flag there says so.

[[nodiscard]] bool has_rare_parts(Answer const& answer);
[[nodiscard]] bool have_equal_rare_parts(Answer const& a, Answer const& b);
void write_rare_parts(BitWriter& out, Answer const& answer);
void read_rare_parts(BitReader& in, Answer& answer);

/// Of the path itself and of its hops, not of their answers.
[[nodiscard]] bool has_rare_parts(Path const& path);
void write_rare_parts(BitWriter& out, Path const& path);
/// The path has its hops already.
void read_rare_parts(BitReader& in, Path& path);

void write_multipath(BitWriter& out, Multipath const& multipath);
[[nodiscard]] Multipath read_multipath(BitReader& in);
void write_heard(BitWriter& out, Heard const& heard);
[[nodiscard]] Heard read_heard(BitReader& in);

/// What write_rare_parts writes; empty where there is nothing.
template <class T>
[[nodiscard]] std::string encode_rare_parts(T const& whole) {
    if (!has_rare_parts(whole)) return {};
    BitWriter out;
    write_rare_parts(out, whole);
    return std::move(out).finish();
}

}  // namespace dtrace::store
