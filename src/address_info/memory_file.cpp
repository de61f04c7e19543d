#include "memory_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace dtrace::address_info {

namespace {

/// Far more than such databases have; a disk image given by mistake does not fill the memory.
constexpr off_t most_bytes = off_t{2} << 30;
constexpr std::size_t step = std::size_t{1} << 20;

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
    FileDescriptor descriptor(::memfd_create("address database", MFD_CLOEXEC));
    if (!descriptor) return errno_error("memfd_create");
    return MemoryFile(std::move(descriptor));
}

Result<MemoryFile> MemoryFile::copy_of(std::filesystem::path const& file) {
    FileDescriptor const from(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!from) return errno_error(file.string());
    if (auto checked = check_size(from.get(), file); !checked) return checked.error();
    auto copy = make();
    if (!copy) return copy.error();
    for (off_t size = 0;;) {
        auto const sent = ::sendfile(copy->descriptor_.get(), from.get(), nullptr, step);
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
    if (!file) return file;
    if (auto written = write_all(file->descriptor_.get(), content); !written)
        return within("a file in memory", written.error());
    return file;
}

std::string MemoryFile::path() const {
    return "/proc/self/fd/" + std::to_string(descriptor_.get());
}

}  // namespace dtrace::address_info
