#pragma once

#include <dtrace/core/error.hpp>

#include <filesystem>
#include <string_view>

namespace dtrace::app {

/// A folder that nobody else may enter, removed with all that is in it.
class TemporaryFolder {
  public:
    /// `name` begins its name. In $TMPDIR, or where the system keeps such folders.
    [[nodiscard]] static Result<TemporaryFolder> make(std::string_view name);

    TemporaryFolder(TemporaryFolder&& other) noexcept;
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;
    ~TemporaryFolder();

    [[nodiscard]] std::filesystem::path const& path() const { return path_; }

  private:
    explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}

    std::filesystem::path path_;  ///< empty: moved from
};

}  // namespace dtrace::app
