#include <dtrace/formats/fbtracert.hpp>
#include <dtrace/json/quote.hpp>

#include <fmt/format.h>

#include <functional>
#include <map>

namespace dtrace::formats {

namespace {

using ByPort =
    std::map<std::string, FlowSums const*>;  ///< in the order of their text, as fbtracert

std::uint64_t packets(FlowSums const& flow) {
    std::uint64_t sum = 0;
    for (auto const& hop : flow.hops)
        sum += hop.sent;
    return sum;
}

std::string section(std::string_view name, ByPort const& flows,
                    std::function<std::string(HopSums const&)> const& value) {
    std::string text = fmt::format("\t\"{}\": {{", name);
    char const* separator = "\n";
    for (auto const& [port, flow] : flows) {
        text += fmt::format("{}\t\t\"{}\": [", separator, port);
        separator = ",\n";
        char const* between = "\n";
        for (auto const& hop : flow->hops) {
            text += fmt::format("{}\t\t\t{}", between, value(hop));
            between = ",\n";
        }
        text += flow->hops.empty() ? "]" : "\n\t\t]";
    }
    return text + (flows.empty() ? "}" : "\n\t}");
}

}  // namespace

std::string to_fbtracert(std::vector<FlowSums> const& flows, HostNames const& names, bool all) {
    ByPort chosen;
    for (auto const& flow : flows) {
        if (!all && !flow.suspect) continue;
        auto const [place, is_new] = chosen.try_emplace(fmt::format("{}", flow.port), &flow);
        if (!is_new && packets(flow) > packets(*place->second)) place->second = &flow;
    }
    auto const name = [&](HopSums const& hop) { return json::quoted(hop_name(hop, names)); };
    return "{\n" + section("Paths", chosen, name) + ",\n" +
           section("Sent", chosen, [](HopSums const& hop) { return fmt::format("{}", hop.sent); }) +
           ",\n" +
           section("Rcvd", chosen,
                   [](HopSums const& hop) { return fmt::format("{}", hop.answered); }) +
           "\n}\n";
}

}  // namespace dtrace::formats
