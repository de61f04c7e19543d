#pragma once

#include <dtrace/core/error.hpp>

#include <string_view>
#include <utility>

namespace dtrace {

/// Owns what the kernel calls a file: a socket or a device as well. -1 is none.
class FileDescriptor {
  public:
    FileDescriptor() = default;
    explicit FileDescriptor(int fd) : fd_(fd) {}
    FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~FileDescriptor();

    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }

  private:
    int fd_ = -1;
};

/// All of it, however many calls that takes.
[[nodiscard]] Result<void> write_all(int file, std::string_view bytes);

}  // namespace dtrace
