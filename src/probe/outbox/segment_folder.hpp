#pragma once

#include "outbox/outbox_record.hpp"

#include <dtrace/core/error.hpp>
#include <dtrace/core/file_descriptor.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::probe {

/// Counts up; older records are in segments of lower numbers.
using SegmentNumber = std::uint64_t;

/// The folder of an outbox on disk: numbered files of records (outbox_record.hpp), of which the
/// last one grows. What was there before this process is read and removed, never written to, so
/// that a torn end stays the end. One process at a time.
///
/// Durability: a record is handed to the kernel at once, so it survives the death of the process;
/// sync() makes it survive a loss of power too. That blocks for as long as the disk likes, hence it
/// is the caller's, on a thread where it may.
class SegmentFolder {
  public:
    struct Limits {
        std::uint64_t segment_bytes = 1 << 20;  ///< a new file is begun beyond
        std::size_t record_bytes = 16 << 20;
    };

    /// Creates it where it is missing. The error says whether another process has it.
    static Result<SegmentFolder> open(std::filesystem::path const& path, Limits limits);

    /// Those of earlier processes, oldest first.
    [[nodiscard]] std::vector<SegmentNumber> const& found() const { return found_; }

    /// The intact records of a file of an earlier process. At most a bounded part of it is read.
    [[nodiscard]] Result<RecordScanner::Findings> scan(SegmentNumber segment) const;

    struct Appended {
        SegmentNumber segment = 0;
        RecordPlace place;
    };
    /// All or nothing: after an error nothing of the record is there, and the next call tries anew.
    [[nodiscard]] Result<Appended> append(std::string_view payload);

    /// errc::bad_message: what was written there is no longer there.
    [[nodiscard]] Result<std::string> read(SegmentNumber segment, RecordPlace place);

    void remove(SegmentNumber segment);

    /// Files written to since the last call, for sync().
    [[nodiscard]] std::vector<FileDescriptor> take_unsynced();

    /// Those files and the folder itself. Blocks, and may be called from any thread.
    [[nodiscard]] Result<void> sync(std::vector<FileDescriptor> const& files) const;

    /// They were not synced: take_unsynced() gives them once more.
    void put_back(std::vector<FileDescriptor> files);

    /// For a person.
    [[nodiscard]] std::string path_of(SegmentNumber segment) const;

  private:
    SegmentFolder(std::filesystem::path path, FileDescriptor folder, Limits limits);

    [[nodiscard]] boost::system::error_code find_segments();
    [[nodiscard]] Result<void> begin_segment();
    void finish_segment();

    std::filesystem::path path_;
    FileDescriptor folder_;  ///< holds the lock
    Limits limits_;
    std::vector<SegmentNumber> found_;

    struct Segment {
        SegmentNumber number = 0;
        FileDescriptor file;
        std::uint64_t size = 0;
    };
    Segment writing_;
    Segment reading_;
    SegmentNumber last_number_ = 0;
    bool unsynced_ = false;                 ///< writing_ since the last take_unsynced()
    std::vector<FileDescriptor> finished_;  ///< full, or put back, and not yet synced
};

}  // namespace dtrace::probe
