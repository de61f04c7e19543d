#include "require.hpp"

#include <dtrace/sim/network.hpp>
#include <dtrace/sim/topology.hpp>

#include <cstdint>
#include <string_view>

using namespace dtrace;
using namespace dtrace::sim;
using fuzz::require;

/// Of what is accepted a network can be made, which drops what is no packet.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const topology = read_topology({reinterpret_cast<char const*>(data), size});
    if (!topology) {
        require(!topology.error().message.empty());
        return 0;
    }
    require(!find_fault(*topology) && !probes_of(*topology).empty());
    Network network(*topology, 1);
    std::byte const nonsense[20]{};
    require(network.process(nonsense, TimePoint()).empty());
    return 0;
}
