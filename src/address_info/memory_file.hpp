#pragma once

#include <dtrace/core/error.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace dtrace::address_info {

/// A file in memory that nobody else can reach. libmaxminddb maps the file that it reads, and a
/// mapped file that somebody cuts short (`cp` over the old one) would end the process by SIGBUS.
class MemoryFile {
  public:
    /// Errors name the file.
    [[nodiscard]] static Result<MemoryFile> copy_of(std::filesystem::path const& file);
    [[nodiscard]] static Result<MemoryFile> with(std::string_view content);

    MemoryFile(MemoryFile&& other) noexcept;
    MemoryFile& operator=(MemoryFile&&) = delete;
    ~MemoryFile();

    /// Under which this process can open it.
    [[nodiscard]] std::string path() const;

  private:
    explicit MemoryFile(int descriptor) : descriptor_(descriptor) {}
    [[nodiscard]] static Result<MemoryFile> make();

    int descriptor_;
};

}  // namespace dtrace::address_info
