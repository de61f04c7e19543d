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
// not a database of ours.

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
};
[[nodiscard]] Result<DatabaseInfo> read_info(std::filesystem::path const& file);

/// Reads everything; what is wrong, line by line. None: it is sound.
[[nodiscard]] Result<std::vector<std::string>> check_file(std::filesystem::path const& file);

/// Writes a copy as of now, readable for its owner only. Refuses to overwrite.
[[nodiscard]] Result<void> back_up(std::filesystem::path const& file,
                                   std::filesystem::path const& target);

}  // namespace dtrace::store
