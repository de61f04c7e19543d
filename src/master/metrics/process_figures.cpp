#include "metrics/process_figures.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace dtrace::master {

namespace {

double in_seconds(timeval const& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::uint64_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::uint64_t all = 0;
    std::uint64_t resident = 0;
    statm >> all >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t open_files() {
    std::error_code failed;
    std::filesystem::directory_iterator files("/proc/self/fd", failed);
    std::uint64_t count = 0;
    for (; !failed && files != std::filesystem::directory_iterator(); files.increment(failed))
        ++count;
    return count;
}

}  // namespace

ProcessFigures process_figures() {
    rusage usage{};
    rlimit files{};
    ::getrusage(RUSAGE_SELF, &usage);
    ::getrlimit(RLIMIT_NOFILE, &files);
    return {.cpu_seconds = in_seconds(usage.ru_utime) + in_seconds(usage.ru_stime),
            .resident_bytes = resident_bytes(),
            .open_files = open_files(),
            .max_files = files.rlim_cur};
}

}  // namespace dtrace::master
