#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/core/units.hpp>
#include <dtrace/model/trace.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace dtrace::formats {

/// What the reader wants to see, and what the trace itself does not hold.
struct TextOptions {
    bool names = true;              ///< "name (address)"; otherwise the address alone
    std::optional<Ttl> max_hops;    ///< shown in the first line where it is known
    std::optional<unsigned> bytes;  ///< size of one packet, likewise
    /// Numbers of the networks (AS) that addresses belong to, as far as they are known.
    std::map<IpAddress, std::uint32_t> networks = {};
};

/// The trace as traceroute(8) prints it. A hop's answers come first, then a `*` for each packet
/// without one. With several flows each different path stands once, below a line that names its
/// flows; a silent hop makes no difference between paths, and each line shows the flow that knows
/// most about that hop. A last line says why the round ended unless it reached the target.
[[nodiscard]] std::string to_traceroute_text(Trace const& trace, TextOptions const& options = {});

}  // namespace dtrace::formats
