#pragma once

#include "outbox/segment_folder.hpp"

#include <dtrace/core/error.hpp>
#include <dtrace/core/log.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::probe {

struct OutboxLimits {
    std::size_t traces = 200'000;
    /// Of waiting records; the files may take one segment more.
    std::uint64_t bytes = 256 << 20;
    /// Of what is kept in memory while the disk takes nothing.
    std::uint64_t memory_bytes = 8 << 20;
    SegmentFolder::Limits files;
};

struct OutboxCounts {
    std::size_t waiting = 0;
    std::uint64_t waiting_bytes = 0;
    std::uint64_t dropped = 0;  ///< oldest ones, for want of room; never delivered
    std::uint64_t damaged = 0;  ///< records and lines of files that could not be read back
    bool on_disk = true;        ///< false: the disk takes nothing, the newest are in memory only
};

/// Traces (as JSON) on their way to the master, oldest first, kept on disk until they are released.
/// Bounded: the oldest make room for the newest. A disk that is full or broken is a logged state;
/// the newest are then kept in memory and go to disk as soon as it takes them.
///
/// What was released may come back after a crash, as long as its file still held other records;
/// the master knows it by its id.
class Outbox {
  public:
    /// Takes up what earlier processes left behind; damage is skipped, counted and logged.
    static Result<Outbox> open(std::filesystem::path const& folder, OutboxLimits limits,
                               Logger& log);

    void put(std::string payload);

    struct Item {
        std::uint64_t number = 0;  ///< grows from the oldest to the newest
        std::string payload;
    };
    /// The oldest: at most so many, and so many bytes unless the first alone is larger.
    [[nodiscard]] std::vector<Item> front(std::size_t most, std::uint64_t most_bytes);

    /// Forgets all up to and including `number`.
    void release(std::uint64_t number);

    [[nodiscard]] OutboxCounts counts() const;
    [[nodiscard]] std::size_t waiting() const { return on_disk_.size() + in_memory_.size(); }

    /// What has to be synced to survive a loss of power (SegmentFolder::sync).
    [[nodiscard]] SegmentFolder& folder() { return folder_; }

    /// Tries once more to bring to disk what is in memory only. How many are left there.
    std::size_t save();

  private:
    struct Stored {
        std::uint64_t number = 0;
        SegmentNumber segment = 0;
        RecordPlace place;
    };

    Outbox(SegmentFolder folder, OutboxLimits limits, Logger& log);

    void take_up(SegmentNumber segment);
    void keep_within_limits();
    void count_dropped();
    void drop_front_of_disk();
    [[nodiscard]] bool store(Item const& item);
    void remove_if_unused(SegmentNumber segment, std::size_t index);
    [[nodiscard]] bool read_on_disk(std::size_t& index, std::vector<Item>& items);

    SegmentFolder folder_;
    OutboxLimits limits_;
    Logger* log_;
    std::deque<Stored> on_disk_;  ///< older than all of in_memory_
    std::deque<Item> in_memory_;
    std::uint64_t next_number_ = 1;
    std::uint64_t disk_bytes_ = 0;
    std::uint64_t memory_bytes_ = 0;
    std::uint64_t dropped_ = 0;
    std::uint64_t damaged_ = 0;
    bool disk_takes_ = true;
    bool disk_gives_ = true;
};

}  // namespace dtrace::probe
