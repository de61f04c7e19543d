#include "require.hpp"

#include <dtrace/dist_traceroute/slave_message.hpp>
#include <dtrace/dist_traceroute/slave_trace.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

using namespace dtrace;
using namespace dtrace::dist_traceroute;
using fuzz::require;

namespace {

constexpr Timestamp now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);

/// Whatever a slave says, the trace of it keeps the rules of a trace, and is the same each time.
void check(SlaveResult const& result) {
    SlaveMeasurement const about{.measurement = {}, .host = "192.0.2.9"};
    auto const trace = to_trace(result, "s1", about, now);
    require(trace == to_trace(result, "s1", about, now));
    require(is_from_slave(trace));
    require(trace.started_at <= now + std::chrono::days(1));
    require(trace.error.has_value() || !trace.paths.empty());
    require(trace.packets.answered <= trace.packets.sent);
    for (auto const& path : trace.paths)
        for (std::size_t i = 0; i < path.hops.size(); ++i) {
            require(path.hops[i].ttl == i + 1);
            require(path.hops[i].answers.size() <= path.hops[i].sent);
        }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const body(reinterpret_cast<char const*>(data), size);
    for (auto const generation : {Generation::first, Generation::last}) {
        if (auto const result = parse_result(body, generation))
            check(*result);
        else
            require(!result.error().text().empty());
        if (auto const login = parse_config_request(body, generation); !login)
            require(!login.error().text().empty());
    }
    return 0;
}
