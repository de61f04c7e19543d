#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/file_descriptor.hpp>

#include <filesystem>
#include <utility>

namespace dtrace::app {

/// A lock on a database for who writes traces: two would each take what it remembers of the file
/// for what is in it, and one would sweep away what the other has just referred to. Nothing to
/// SQLite, whose own locks let others in beside a master. To be destroyed after the store: closing
/// the file also ends SQLite's locks.
class SoleUse {
  public:
    /// Creates the file if need be, as the store would. Errors: somebody has it; it cannot be
    /// opened.
    [[nodiscard]] static Result<SoleUse> of(std::filesystem::path const& database);

  private:
    explicit SoleUse(FileDescriptor file) : file_(std::move(file)) {}

    FileDescriptor file_;
};

}  // namespace dtrace::app
