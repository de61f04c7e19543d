#include "process/open_files.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace dtrace::app {

void allow_open_files(std::uint64_t wanted, Logger& log) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
    auto const before = limit.rlim_cur;
    limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
    auto const allowed = ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before;
    if (allowed < wanted)
        log.warn("fewer open files allowed than connections",
                 {{"allowed", allowed}, {"wanted", wanted}, {"advice", "raise ulimit -n"}});
}

}  // namespace dtrace::app
