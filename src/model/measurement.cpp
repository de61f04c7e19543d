#include <dtrace/model/measurement.hpp>

#include <fmt/format.h>

namespace dtrace {

namespace {

std::optional<std::string> outside(char const* name, std::uint64_t value, std::uint64_t low,
                                   std::uint64_t high) {
    if (value >= low && value <= high) return std::nullopt;
    return fmt::format("{}: must be {} to {}", name, low, high);
}

}  // namespace

std::optional<std::string> find_fault(ProbingParameters const& p) {
    if (auto const flows = p.flows.fixed; !p.flows.automatic && (flows < 1 || flows > max_flows))
        return "flows: must be 1 to 256, or auto";
    for (auto const& fault :
         {outside("attempts", p.attempts, 1, 100), outside("max_hops", p.max_hops, 1, 100),
          outside("first_hop", p.first_hop, 1, p.max_hops),
          outside("timeout_ms", p.timeout_ms, 1, 10'000),
          outside("port", p.port.value_or(1), 1, 65'535)})
        if (fault) return fault;
    if (p.source_port && p.method == Method::icmp) return "source_port: ICMP has none";
    if (auto fault = outside("source_port", p.source_port.value_or(first_source_port),
                             first_source_port, last_source_port))
        return fault;
    auto const confidence = p.confidence.value_or(default_confidence);
    if (confidence != 95 && confidence != 99) return "confidence: must be 95 or 99";
    return std::nullopt;
}

}  // namespace dtrace
