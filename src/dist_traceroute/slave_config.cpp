#include <dtrace/dist_traceroute/slave_config.hpp>
#include <dtrace/json/quote.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace dtrace::dist_traceroute {

namespace {

bool is_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string plain_name(std::string_view name, std::set<std::string>& taken) {
    std::string plain;
    std::ranges::copy_if(name, std::back_inserter(plain), is_letter_or_digit);
    if (plain.empty()) plain = "Target";
    std::string unique = plain;
    for (unsigned number = 2; !taken.insert(unique).second; ++number)
        unique = plain + std::to_string(number);
    return unique;
}

bool can_measure(AssignedMeasurement const& measurement) {
    auto const& parameters = measurement.parameters;
    if (parameters.method != Method::udp || parameters.family == Family::ipv6) return false;
    auto const address = parse<IpAddress>(measurement.target);
    return !address || address->is_v4();
}

}  // namespace

std::vector<SlaveTarget> slave_targets(Assignment const& assignment) {
    std::vector<SlaveTarget> targets;
    std::set<std::string> taken;
    for (auto const& measurement : assignment.measurements) {
        if (!can_measure(measurement)) continue;
        auto const& parameters = measurement.parameters;
        std::uint32_t const retries = parameters.attempts - 1U;
        targets.push_back(
            {.id = measurement.id,
             .name = plain_name(measurement.name, taken),
             .address = measurement.target,
             .measurement = measurement.name,
             .retries = std::clamp(retries, 1U, 10U),
             .max_hops = std::clamp<std::uint32_t>(parameters.max_hops, 1, 100),
             .timeout_ms = std::clamp<std::uint32_t>(parameters.timeout_ms, 1, 10'000)});
    }
    return targets;
}

std::string first_config(std::vector<SlaveTarget> const& targets) {
    SlaveTarget const none;
    SlaveTarget all = targets.empty() ? none : targets.front();
    std::string list;
    for (auto const& target : targets) {
        all.retries = std::max(all.retries, target.retries);
        all.max_hops = std::max(all.max_hops, target.max_hops);
        all.timeout_ms = std::max(all.timeout_ms, target.timeout_ms);
        fmt::format_to(std::back_inserter(list), "{}\"{}\":{{\"Name\":\"{}\",\"Address\":{}}}",
                       list.empty() ? "" : ",", to_text(target.id), target.name,
                       json::quoted(target.address));
    }
    return fmt::format(R"({{"Targets":{{{}}},"Retries":{},"MaxHops":{},"TimeoutMs":{}}})", list,
                       all.retries, all.max_hops, all.timeout_ms);
}

std::string last_config(std::vector<SlaveTarget> const& targets, Uuid const& slave) {
    std::string list;
    for (auto const& target : targets)
        fmt::format_to(
            std::back_inserter(list),
            "{}\n\t\t{{\n\t\t\t\"ID\": \"{}\",\n\t\t\t\"Name\": \"{}\",\n\t\t\t\"Address\": {},"
            "\n\t\t\t\"Retries\": {},\n\t\t\t\"MaxHops\": {},\n\t\t\t\"TimeoutMs\": {}\n\t\t}}",
            list.empty() ? "[" : ",", to_text(target.id), target.name, json::quoted(target.address),
            target.retries, target.max_hops, target.timeout_ms);
    return fmt::format("{{\n\t\"ID\": \"{}\",\n\t\"Targets\": {}\n}}", to_text(slave),
                       list.empty() ? "null" : list + "\n\t]");
}

}  // namespace dtrace::dist_traceroute
