#include <dtrace/dist_traceroute/old_database.hpp>
#include <dtrace/json/quote.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace dtrace::dist_traceroute {

std::string probes_file(std::vector<SlaveLogin> const& slaves) {
    std::string list;
    for (auto const& slave : slaves)
        list += fmt::format("{}\n    {{\"Name\": {}, \"Password\": {}}}", list.empty() ? "" : ",",
                            json::quoted(slave.name), json::quoted(slave.secret));
    return "{\n  \"Slaves\": [" + list + "\n  ]\n}\n";
}

std::string targets_file(std::vector<SlaveTarget> const& targets) {
    std::string list;
    for (auto const& target : targets)
        list += fmt::format(
            "{}\n    \"{}\": {{\"Name\": {}, \"Address\": {}, \"Retries\": {}, \"MaxHops\": {}, "
            "\"TimeoutMs\": {}}}",
            list.empty() ? "" : ",", to_text(target.id), json::quoted(target.name),
            json::quoted(target.address), std::min(target.retries, 10U),
            std::clamp(target.max_hops, 1U, 100U), std::clamp(target.timeout_ms, 1U, 10'000U));
    return "{\n  \"Targets\": {" + list + "\n  }\n}\n";
}

}  // namespace dtrace::dist_traceroute
