#pragma once

#include "records/path_code.hpp"

#include <dtrace/model/trace.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::store {

// What is stored with each trace, in bits. Its key (series, start, id) stands in columns, what it
// shares with other traces in rows of its context and of its paths.

/// One path of a trace that is about to be written. Refers to what it was taken apart into.
struct RecordedPath {
    RowId id = 0;
    FirstTrace first;
    SplitPath const* split = nullptr;
};

/// `error`: the text's row, 0 if there is none.
[[nodiscard]] std::string encode_record(Trace const& trace, RowId context, RowId error,
                                        std::span<RecordedPath const> paths);

/// The part that says which other rows to look up.
struct RecordHeader {
    RowId context = 0;  ///< 0: that of its first path
    RowId error = 0;
    std::vector<RowId> paths;
};

[[nodiscard]] std::optional<RecordHeader> decode_header(std::string_view record);

/// One path as its row tells it.
struct StoredPath {
    Path shape;  ///< as from decode_shape
    RowId context = 0;
    std::uint64_t took_us = 0;
};

/// What a record tells, hop after hop of one path after the other. A path has the hops of its
/// shape.
struct RecordSamples {
    StopReason stop_reason = StopReason::completed;
    std::uint64_t took_us = 0;
    PacketCounts packets;
    std::optional<Multipath> multipath;
    std::optional<Heard> heard;
    std::vector<HopSample> hops;
    std::vector<AnswerSample> answers;
};

/// `paths`: one for each of the header's. None: the record is not what was written.
[[nodiscard]] std::optional<RecordSamples> decode_samples(std::string_view record,
                                                          std::span<StoredPath const* const> paths);

/// Calls visit(path, hop of its shape, its sample, its answers, whether it is the path's last).
template <class Visit>
void for_each_hop(RecordSamples const& samples, std::span<StoredPath const* const> paths,
                  Visit visit) {
    std::size_t next = 0;
    std::span<AnswerSample const> answers(samples.answers);
    for (StoredPath const* path : paths)
        for (Hop const& hop : path->shape.hops) {
            HopSample const& sample = samples.hops[next++];
            visit(*path, hop, sample, answers.first(sample.answered),
                  &hop == &path->shape.hops.back());
            answers = answers.subspan(sample.answered);
        }
}

/// Fills stop_reason, took_us, packets, multipath, heard and paths of `trace`.
void join(RecordSamples samples, std::span<StoredPath const* const> paths, Trace& trace);

}  // namespace dtrace::store
