#include "evidence/router_name.hpp"

#include <dtrace/core/ip.hpp>

namespace dtrace::analysis {

std::string router_name(Trace const& trace, std::string const& address) {
    auto const wanted = parse<IpAddress>(address);
    if (!wanted) return address;
    for (auto const& path : trace.paths)
        for (auto const& hop : path.hops)
            for (auto const& answer : hop.answers)
                if (answer.from == *wanted && answer.name) return *answer.name;
    return address;
}

}  // namespace dtrace::analysis
