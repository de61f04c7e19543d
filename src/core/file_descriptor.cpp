#include <dtrace/core/file_descriptor.hpp>

#include <unistd.h>

#include <cerrno>

namespace dtrace {

FileDescriptor::~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
}

Result<void> write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        auto const n = ::write(file, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno_error("cannot be written");
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return {};
}

}  // namespace dtrace
