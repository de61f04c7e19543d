#include "memory_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace dtrace::address_info {

namespace {

/// Far more than such databases have; a disk image given by mistake does not fill the memory.
constexpr off_t most_bytes = off_t{2} << 30;
constexpr std::size_t step = std::size_t{1} << 20;

class OpenFile {
  public:
    explicit OpenFile(std::filesystem::path const& file)
        : descriptor_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
    OpenFile(OpenFile const&) = delete;
    OpenFile& operator=(OpenFile const&) = delete;
    ~OpenFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    [[nodiscard]] int descriptor() const { return descriptor_; }

  private:
    int descriptor_;
};

Result<void> check_size(int descriptor, std::filesystem::path const& file) {
    struct stat found {};
    if (::fstat(descriptor, &found) != 0) return errno_error(file.string());
    if (!S_ISREG(found.st_mode))
        return make_error(boost::system::errc::invalid_argument, file.string() + ": is no file");
    if (found.st_size > most_bytes)
        return make_error(boost::system::errc::file_too_large,
                          file.string() + ": is larger than 2 GiB");
    return {};
}

}  // namespace

Result<MemoryFile> MemoryFile::make() {
    int const descriptor = ::memfd_create("address database", MFD_CLOEXEC);
    if (descriptor < 0) return errno_error("memfd_create");
    return MemoryFile(descriptor);
}

Result<MemoryFile> MemoryFile::copy_of(std::filesystem::path const& file) {
    OpenFile const from(file);
    if (from.descriptor() < 0) return errno_error(file.string());
    if (auto checked = check_size(from.descriptor(), file); !checked) return checked.error();
    auto copy = make();
    if (!copy) return copy.error();
    for (off_t size = 0;;) {
        auto const sent = ::sendfile(copy->descriptor_, from.descriptor(), nullptr, step);
        if (sent < 0 && errno != EINTR) return errno_error(file.string());
        if (sent == 0) return copy;
        if (sent > 0) size += sent;
        if (size > most_bytes)  // it grows meanwhile
            return make_error(boost::system::errc::file_too_large,
                              file.string() + ": is larger than 2 GiB");
    }
}

Result<MemoryFile> MemoryFile::with(std::string_view content) {
    auto file = make();
    while (file && !content.empty()) {
        auto const written = ::write(file->descriptor_, content.data(), content.size());
        if (written < 0 && errno != EINTR) return errno_error("memory");
        if (written > 0) content.remove_prefix(static_cast<std::size_t>(written));
    }
    return file;
}

MemoryFile::MemoryFile(MemoryFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

MemoryFile::~MemoryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::string MemoryFile::path() const {
    return "/proc/self/fd/" + std::to_string(descriptor_);
}

}  // namespace dtrace::address_info
