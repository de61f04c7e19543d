#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/json/fault.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::dist_traceroute {

/// The two protocols that dist-traceroute's slaves speak: that of August 2019 (`/config/`,
/// `/results/`, targets by name), and the last one (`/slave/…`, targets by id).
enum class Generation : std::uint8_t { first, last };

/// What a slave logs in with.
struct SlaveLogin {
    std::string name;
    std::string secret;

    friend bool operator==(SlaveLogin const&, SlaveLogin const&) = default;
};

/// A router that answered. Those that did not are left out by the slave.
struct SlaveHop {
    IpV4 address;
    std::string host;  ///< as DNS said it, with its final dot; may be empty, or anything
    std::int64_t elapsed_ns = 0;
    std::int64_t ttl = 0;

    friend bool operator==(SlaveHop const&, SlaveHop const&) = default;
};

/// A result as it was sent: of the right types, otherwise not checked.
struct SlaveResult {
    SlaveLogin login;
    std::optional<Uuid> id;               ///< none: absent, or zero
    std::optional<Timestamp> started_at;  ///< none: absent, or the year 1
    std::optional<Uuid> target_id;
    std::string target_name;
    std::string target_address;
    std::optional<std::int64_t> retries;
    std::optional<std::int64_t> max_hops;
    std::int64_t hop_count = 0;
    std::vector<SlaveHop> hops;
};

/// As many as 100 TTLs with 10 retries each can give; a slave does not measure more.
inline constexpr std::size_t most_slave_hops = 1'100;

// Both read JSON the way Go does: names of members in any case, unknown ones and whatever follows
// the value are ignored, null is the same as absent. A fault names the member.

[[nodiscard]] json::ReadResult<SlaveLogin> parse_config_request(std::string_view body,
                                                                Generation generation);

[[nodiscard]] json::ReadResult<SlaveResult> parse_result(std::string_view body,
                                                         Generation generation);

}  // namespace dtrace::dist_traceroute
