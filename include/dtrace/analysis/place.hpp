#pragma once

#include <dtrace/core/ip.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::analysis {

// The members below are the JSON of the API, name by name (docs/analysis.md).

/// A place of the network: a router's address, several of them where packets of one flow are
/// spread or where it is an end of links side by side, a probe, or a hop that never answers.
struct Place {
    std::vector<IpAddress> addresses;
    std::optional<std::string> probe;    ///< the probe itself; may be empty, `dtrace-node trace`
    std::optional<std::uint8_t> silent;  ///< so many hops behind the last one that answered

    friend bool operator==(Place const&, Place const&) = default;
};
BOOST_DESCRIBE_STRUCT(Place, (), (addresses, probe, silent))

/// "10.0.0.1", "10.0.0.1|10.0.0.2", "probe paris" ("this host" without a name), "*".
[[nodiscard]] std::string describe(Place const& place);
[[nodiscard]] bool is_silent(Place const& place);
/// Who answers at a hop, if anybody does, is of the place, which may be several routers.
[[nodiscard]] bool is_at(std::vector<IpAddress> const& answering, Place const& place);

struct Link {
    Place from;
    Place to;

    friend bool operator==(Link const&, Link const&) = default;
};
BOOST_DESCRIBE_STRUCT(Link, (), (from, to))

/// "10.0.0.1 → 10.0.0.2"
[[nodiscard]] std::string describe(Link const& link);

}  // namespace dtrace::analysis
