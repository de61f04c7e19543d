#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/file_descriptor.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace dtrace::address_info {

/// A file in memory that nobody else can reach. libmaxminddb maps the file that it reads, and a
/// mapped file that somebody cuts short (`cp` over the old one) would end the process by SIGBUS.
class MemoryFile {
  public:
    /// Errors name the file.
    [[nodiscard]] static Result<MemoryFile> copy_of(std::filesystem::path const& file);
    [[nodiscard]] static Result<MemoryFile> with(std::string_view content);

    /// Under which this process can open it.
    [[nodiscard]] std::string path() const;

  private:
    explicit MemoryFile(FileDescriptor descriptor) : descriptor_(std::move(descriptor)) {}
    [[nodiscard]] static Result<MemoryFile> make();

    FileDescriptor descriptor_;
};

}  // namespace dtrace::address_info
