#include <dtrace/dist_traceroute/old_database.hpp>
#include <dtrace/json/quote.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace dtrace::dist_traceroute {

namespace {

std::string as_json(std::string_view text) {
    std::string result;
    json::append_quoted(result, text);
    return result;
}

}  // namespace

std::string probes_file(std::vector<SlaveLogin> const& slaves) {
    std::string list;
    for (auto const& slave : slaves)
        list += fmt::format("{}\n    {{\"Name\": {}, \"Password\": {}}}", list.empty() ? "" : ",",
                            as_json(slave.name), as_json(slave.secret));
    return "{\n  \"Slaves\": [" + list + "\n  ]\n}\n";
}

std::string targets_file(std::vector<SlaveTarget> const& targets) {
    std::string list;
    for (auto const& target : targets)
        list += fmt::format(
            "{}\n    \"{}\": {{\"Name\": {}, \"Address\": {}, \"Retries\": {}, \"MaxHops\": {}, "
            "\"TimeoutMs\": {}}}",
            list.empty() ? "" : ",", to_text(target.id), as_json(target.name),
            as_json(target.address), std::min(target.retries, 10U),
            std::clamp(target.max_hops, 1U, 100U), std::clamp(target.timeout_ms, 1U, 10'000U));
    return "{\n  \"Targets\": {" + list + "\n  }\n}\n";
}

}  // namespace dtrace::dist_traceroute
