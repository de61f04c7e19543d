#include <dtrace/json/read.hpp>
#include <dtrace/sim/topology.hpp>

namespace dtrace::sim {

Result<Topology> read_topology(std::string_view text) {
    using boost::system::errc::invalid_argument;
    auto topology = json::read<Topology>(text, json::UnknownKeys::refuse);
    if (!topology) return make_error(invalid_argument, topology.error().text());
    if (auto fault = find_fault(*topology)) return make_error(invalid_argument, *std::move(fault));
    return std::move(*topology);
}

}  // namespace dtrace::sim
