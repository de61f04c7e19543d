#pragma once

#include <dtrace/core/log.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <functional>
#include <vector>

namespace dtrace::master {

/// Calls `changed` shortly after something happened to a file in the folders of `files` (inotify on
/// the folder, so that an editor's "write a new file, then rename it" is seen). A hint, no more:
/// many events make one call, other files make calls too, and where the kernel has no watch to
/// give, or the folder lies on a network file system, none comes. So look from time to time as
/// well. Until cancelled. `changed` must not throw.
[[nodiscard]] boost::asio::awaitable<void> watch_files(boost::asio::any_io_executor executor,
                                                       std::vector<std::filesystem::path> files,
                                                       std::function<void()> changed, Logger& log);

}  // namespace dtrace::master
