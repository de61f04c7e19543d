#include "process/sole_use.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <utility>

namespace dtrace::app {

Result<SoleUse> SoleUse::of(std::filesystem::path const& database) {
    FileDescriptor file(::open(database.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file) return errno_error(database.string());
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return SoleUse(std::move(file));
    if (errno != EWOULDBLOCK) return errno_error(database.string() + ": cannot be locked");
    return make_error(boost::system::errc::device_or_resource_busy,
                      database.string() + ": a master, or db import, is at work on it");
}

}  // namespace dtrace::app
