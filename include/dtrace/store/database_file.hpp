#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/time.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::store {

// The database as a file, also while a master works with it. All of these block, and refuse what is
// not a database of ours. Opening it moves its log into it: what of a damaged log is left out
// stands in the complaints, and a copy of the log is kept.

struct TableSize {
    std::string name;
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;  ///< with its indices
};

struct DatabaseInfo {
    std::uint64_t layout = 0;
    std::uint64_t bytes = 0;
    std::uint64_t free_bytes = 0;  ///< of them: room to be used again
    std::uint64_t traces = 0;
    std::optional<Timestamp> oldest;
    std::optional<Timestamp> newest;
    std::vector<TableSize> tables;  ///< the largest first
    std::vector<std::string> complaints;
};
[[nodiscard]] Result<DatabaseInfo> read_info(std::filesystem::path const& file);

struct FileCheck {
    std::vector<std::string> complaints;  ///< what is wrong, line by line; none: it is sound
    bool has_read_records = true;         ///< false: the layout is another version's
};
/// Reads every page, and the records of traces and roll-ups.
[[nodiscard]] Result<FileCheck> check_file(std::filesystem::path const& file);

/// Writes a copy as of now, readable for its owner only. Refuses to overwrite. Returns complaints.
[[nodiscard]] Result<std::vector<std::string>> back_up(std::filesystem::path const& file,
                                                       std::filesystem::path const& target);

}  // namespace dtrace::store
