#include "log/log_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace dtrace::app {

namespace {

Result<FileDescriptor> open_to_append(std::string const& path) {
    // Readable by the owner and the group: what a log says is nobody else's business.
    FileDescriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640));
    if (!file) return errno_error(path);
    return file;
}

}  // namespace

LogFile::LogFile(std::string path, FileDescriptor file)
    : path_(std::move(path)), file_(std::move(file)) {}

Result<LogFile> LogFile::open(std::string path) {
    if (path.empty()) return LogFile({}, {});
    auto file = open_to_append(path);
    if (!file) return file.error();
    return LogFile(std::move(path), *std::move(file));
}

void LogFile::append(std::string_view line) {
    // Where that fails there is nowhere left to complain to.
    (void)write_all(file_ ? file_.get() : STDERR_FILENO, line);
}

Result<void> LogFile::reopen() {
    if (path_.empty()) return {};
    auto file = open_to_append(path_);
    if (!file) return file.error();
    file_ = *std::move(file);
    return {};
}

}  // namespace dtrace::app
