#include <dtrace/dist_traceroute/slave_trace.hpp>

#include <algorithm>
#include <map>

namespace dtrace::dist_traceroute {

namespace {

constexpr std::int64_t largest_ttl = 100;
constexpr std::int64_t longest_rtt_ns = 60'000'000'000;
constexpr std::uint16_t destination_port = 33434;
constexpr std::uint32_t most_retries = 10;
constexpr std::size_t longest_name = 255;
constexpr Timestamp first_day = std::chrono::sys_days(std::chrono::year(2019) / 1 / 1);

bool is_dns_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '_';
}

std::optional<std::string> name_of(std::string_view host) {
    if (host.ends_with('.')) host.remove_suffix(1);
    if (host.empty() || host.size() > longest_name || !std::ranges::all_of(host, is_dns_character))
        return std::nullopt;
    return std::string(host);
}

std::optional<std::string> find_fault(SlaveResult const& result) {
    std::map<std::int64_t, std::uint32_t> at_ttl;
    for (auto const& hop : result.hops) {
        if (hop.ttl < 1 || hop.ttl > largest_ttl)
            return "the slave reported a hop with TTL " + std::to_string(hop.ttl);
        if (++at_ttl[hop.ttl] > most_retries + 1)
            return "the slave reported too many answers at TTL " + std::to_string(hop.ttl);
        if (hop.elapsed_ns > longest_rtt_ns)
            return "the slave reported a round trip of " + std::to_string(hop.elapsed_ns) + " ns";
        if (hop.address.is_unspecified()) return "the slave reported the address 0.0.0.0";
    }
    return std::nullopt;
}

Answer answer_of(SlaveHop const& hop) {
    Answer answer;
    answer.from = hop.address;
    answer.name = name_of(hop.host);
    // A clock that was set meanwhile makes it negative.
    answer.rtt_us = static_cast<std::uint32_t>(std::max<std::int64_t>(hop.elapsed_ns, 0) / 1000);
    return answer;
}

std::uint32_t tries(SlaveResult const& result, SlaveMeasurement const& about) {
    auto const told = result.retries.value_or(about.retries);
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(told, 0, most_retries)) + 1;
}

/// From TTL 1 to the last that answered; what the slave left out was silent.
Path path_of(SlaveResult const& result, std::uint32_t tries) {
    Path path;
    path.destination_port = destination_port;
    std::int64_t last = 0;
    for (auto const& hop : result.hops)
        last = std::max(last, hop.ttl);
    for (std::int64_t ttl = 1; ttl <= last; ++ttl)
        path.hops.push_back({.ttl = static_cast<Ttl>(ttl), .sent = tries, .answers = {}});
    for (auto const& reported : result.hops) {
        Hop& hop = path.hops[static_cast<std::size_t>(reported.ttl - 1)];
        hop.answers.push_back(answer_of(reported));
        hop.sent = static_cast<std::uint32_t>(hop.answers.size());
    }
    return path;
}

void take_path(Trace& trace, Path path) {
    bool const named = !trace.target.address;
    auto& last = path.hops.back().answers;
    for (Answer& answer : last) {
        bool const same_name = named && answer.name && *answer.name == trace.target.host;
        if (!same_name && trace.target.address != answer.from) continue;
        answer.kind = ReplyKind::port_unreachable;
        path.reached = true;
    }
    for (Hop const& hop : path.hops) {
        trace.packets.sent += hop.sent;
        trace.packets.answered += static_cast<std::uint32_t>(hop.answers.size());
        for (Answer const& answer : hop.answers)
            trace.took_us += answer.rtt_us;
    }
    trace.stop_reason = path.reached ? StopReason::completed : StopReason::hop_limit;
    if (!path.reached && named)
        trace.error = "the slave does not tell the address of " + trace.target.host +
                      ", so it is not known whether it was reached";
    trace.paths.push_back(std::move(path));
}

/// The same content gives the same id. As in version 7 its first 48 bits are the start, where the
/// slave told a start that can be true.
Uuid id_of(SlaveResult const& result, std::string_view slave, bool dated, Timestamp started) {
    std::string content = "dist-traceroute\n" + std::string(slave) + '\n';
    content += to_text(result.id.value_or(Uuid{})) + '\n' + result.target_name + '\n' +
               result.target_address + '\n';
    if (result.target_id) content += to_text(*result.target_id);
    if (result.started_at) content += to_text(*result.started_at);
    for (auto const& hop : result.hops)
        content += '\n' + std::to_string(hop.ttl) + ' ' + hop.address.to_string() + ' ' +
                   std::to_string(hop.elapsed_ns);
    Uuid id = make_uuid_from_name(content);
    if (!dated) return id;
    auto const ms = static_cast<std::uint64_t>(
        std::chrono::floor<milliseconds>(started).time_since_epoch().count());
    for (std::size_t i = 0; i < 6; ++i)
        id.bytes[i] = static_cast<std::uint8_t>(ms >> (8 * (5 - i)));
    return id;
}

}  // namespace

Trace to_trace(SlaveResult const& result, std::string_view slave, SlaveMeasurement const& about,
               Timestamp now) {
    bool const dated = result.started_at && *result.started_at >= first_day &&
                       *result.started_at <= now + std::chrono::days(1);
    Trace trace;
    trace.started_at = dated ? *result.started_at : now;
    trace.id = id_of(result, slave, dated, trace.started_at);
    trace.probe = slave;
    trace.measurement = about.measurement;
    trace.target.host = about.host;
    if (auto const address = parse<IpAddress>(about.host)) trace.target.address = *address;
    trace.stop_reason = StopReason::error;
    if (auto fault = find_fault(result)) {
        trace.error = std::move(fault);
    } else if (result.hops.empty()) {
        trace.error =
            trace.target.address
                ? "nobody answered the slave"
                : "nobody answered the slave, or the name was not found: it does not tell";
    } else {
        take_path(trace, path_of(result, tries(result, about)));
    }
    return trace;
}

}  // namespace dtrace::dist_traceroute
