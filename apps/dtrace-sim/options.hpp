#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::simulator {

struct Options {
    std::string topology;
    std::string tun;
    std::vector<IpAddress> addresses;  ///< empty: those of the topology's probes
    std::optional<microseconds> duration;
    std::uint64_t seed = 1;
    std::optional<std::string> truth;  ///< file; none: standard output
    bool spin = false;
    bool realtime = false;
    bool check = false;
};

/// What the command line asks for.
struct Request {
    Options options;
    std::optional<std::string> answer;  ///< print this and end: --help, --version
};

/// The error names the option, what was given and what is allowed.
[[nodiscard]] Result<Request> read_command_line(int argc, char const* const* argv);

}  // namespace dtrace::simulator
