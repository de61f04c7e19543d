#include "config/file_watch.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/async/use_result.hpp>
#include <dtrace/core/error.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>

#include <sys/inotify.h>

#include <array>
#include <set>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

/// Long enough for an editor to finish, short enough not to be noticed.
constexpr Duration settling = milliseconds(100);

/// A file that is only open for writing, as a database is for years, is no event.
constexpr std::uint32_t events =
    IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_ATTRIB;

/// The folder of the name, and of the file that the name is a link to.
std::set<std::filesystem::path> folders_of(std::vector<std::filesystem::path> const& files) {
    std::set<std::filesystem::path> folders;
    for (auto const& file : files) {
        std::error_code failed;
        auto const absolute = std::filesystem::absolute(file, failed);
        if (failed) continue;
        folders.insert(absolute.parent_path());
        auto const target = std::filesystem::weakly_canonical(absolute, failed);
        if (!failed) folders.insert(target.parent_path());
    }
    return folders;
}

}  // namespace

asio::awaitable<void> watch_files(asio::any_io_executor executor,
                                  std::vector<std::filesystem::path> files,
                                  std::function<void()> changed, Logger& log) {
    int const descriptor = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (descriptor < 0) {
        log.warn("files are not watched", {{"reason", errno_error("inotify_init1").message}});
        co_return;
    }
    asio::posix::stream_descriptor stream(executor, descriptor);
    for (auto const& folder : folders_of(files))
        if (inotify_add_watch(descriptor, folder.c_str(), events) < 0)
            log.warn("folder is not watched",
                     {{"folder", folder.string()}, {"reason", errno_error("inotify").message}});
    changed();  // for what happened before the watch
    std::array<char, 16 * 1024> buffer;
    for (;;) {
        auto const [failed, size] =
            co_await stream.async_read_some(asio::buffer(buffer), async::as_result);
        if (failed) co_return;
        bool const slept = co_await async::sleep_for(settling);
        if (!slept) co_return;
        changed();
    }
}

}  // namespace dtrace::master
