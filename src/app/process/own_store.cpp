#include "process/own_store.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <utility>

namespace dtrace::app {
namespace {

Result<FileDescriptor> lock(std::string const& database) {
    FileDescriptor file(::open(database.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file) return errno_error(database);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return file;
    if (errno != EWOULDBLOCK) return errno_error(database + ": cannot be locked");
    return make_error(boost::system::errc::device_or_resource_busy,
                      database + ": a master, a demo or db import is at work on it");
}

}  // namespace

Result<OwnStore> open_own_store(std::string const& database, boost::asio::any_io_executor home,
                                Logger& log) {
    auto locked = lock(database);
    if (!locked) return within("--db", locked.error());
    auto store = store::open_store(database, std::move(home), log);
    if (!store) return within("--db", store.error());
    return OwnStore{*std::move(locked), *std::move(store)};
}

}  // namespace dtrace::app
