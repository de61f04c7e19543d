#include "log/log_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace dtrace::app {

namespace {

Result<int> open_to_append(std::string const& path) {
    // Readable by the owner and the group: what a log says is nobody else's business.
    int const descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (descriptor < 0) return errno_error(path);
    return descriptor;
}

}  // namespace

LogFile::LogFile(std::string path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {}

LogFile::LogFile(LogFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

LogFile::~LogFile() {
    if (!path_.empty() && descriptor_ >= 0) ::close(descriptor_);
}

Result<LogFile> LogFile::open(std::string path) {
    if (path.empty()) return LogFile({}, STDERR_FILENO);
    auto const descriptor = open_to_append(path);
    if (!descriptor) return descriptor.error();
    return LogFile(std::move(path), *descriptor);
}

void LogFile::append(std::string_view line) {
    while (!line.empty()) {
        auto const written = ::write(descriptor_, line.data(), line.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;  // nowhere left to complain to
        line.remove_prefix(static_cast<std::size_t>(written));
    }
}

Result<void> LogFile::reopen() {
    if (path_.empty()) return {};
    auto const descriptor = open_to_append(path_);
    if (!descriptor) return descriptor.error();
    ::close(std::exchange(descriptor_, *descriptor));
    return {};
}

}  // namespace dtrace::app
