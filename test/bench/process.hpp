#pragma once

#include <chrono>
#include <fstream>
#include <string>

namespace dtrace::test {

inline double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Of this process, as the kernel says it.
inline std::string peak_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return line.substr(6);
    return " unknown";
}

}  // namespace dtrace::test
