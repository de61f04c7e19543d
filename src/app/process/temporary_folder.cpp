#include "process/temporary_folder.hpp"

#include <cstdlib>
#include <string>
#include <utility>

namespace dtrace::app {

Result<TemporaryFolder> TemporaryFolder::make(std::string_view name) {
    std::error_code failed;
    auto const parent = std::filesystem::temp_directory_path(failed);
    if (failed) return Error{failed, "$TMPDIR is no folder"};
    auto pattern = (parent / (std::string(name) + "-XXXXXX")).string();
    if (::mkdtemp(pattern.data()) == nullptr) return errno_error("a folder in " + parent.string());
    return TemporaryFolder(pattern);
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace dtrace::app
