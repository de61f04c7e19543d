#include "sole_use.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

namespace dtrace::app {

Result<SoleUse> SoleUse::of(std::filesystem::path const& database) {
    int const descriptor = ::open(database.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return errno_error(database.string());
    SoleUse use(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return use;
    if (errno != EWOULDBLOCK) return errno_error(database.string() + ": cannot be locked");
    return make_error(boost::system::errc::device_or_resource_busy,
                      database.string() + ": a master, or db import, is at work on it");
}

SoleUse::~SoleUse() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace dtrace::app
