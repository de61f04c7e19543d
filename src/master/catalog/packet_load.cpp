#include "catalog/packet_load.hpp"

#include <algorithm>

namespace dtrace::master {

namespace {

constexpr std::uint64_t usual_automatic_flows = 16;

std::uint64_t packets_of(ProbingParameters const& parameters, std::uint64_t automatic_flows) {
    auto const flows = parameters.flows.automatic ? automatic_flows : parameters.flows.fixed;
    auto const hops = std::max(parameters.max_hops - parameters.first_hop + 1, 1);
    return flows * static_cast<std::uint64_t>(hops) * parameters.attempts;
}

}  // namespace

std::uint64_t packets_a_round(ProbingParameters const& parameters) {
    return packets_of(parameters, max_flows);
}

double packets_a_second(Measurement const& measurement) {
    auto const packets = packets_of(measurement.parameters, usual_automatic_flows);
    return static_cast<double>(packets) / std::max(measurement.interval_s, 1U);
}

std::optional<LoadFault> find_load_fault(ProbingParameters const& parameters) {
    auto const packets = packets_a_round(parameters);
    if (packets <= most_packets_a_round) return std::nullopt;
    return LoadFault{LoadFault::What::flows,
                     "times attempts and hops makes up to " + std::to_string(packets) +
                         " packets a round, at most " + std::to_string(most_packets_a_round)};
}

std::optional<LoadFault> find_load_fault(ProbingParameters const& parameters,
                                         std::uint32_t interval_s) {
    if (auto fault = find_load_fault(parameters)) return fault;
    auto const packets = packets_of(parameters, usual_automatic_flows);
    auto const allowed = static_cast<double>(interval_s) * most_packets_a_second;
    if (static_cast<double>(packets) <= allowed) return std::nullopt;
    return LoadFault{LoadFault::What::interval,
                     "is too short for up to " + std::to_string(packets) + " packets a round at " +
                         std::to_string(static_cast<int>(most_packets_a_second)) + " a second"};
}

}  // namespace dtrace::master
