#include "options/command_options.hpp"

#include <charconv>
#include <utility>

namespace dtrace::app {

namespace {

using std::chrono::hours;

/// Tells that the option was given.
OptionValue noticed(OptionValue value, bool& given) {
    value.read = [read = std::move(value.read), &given](std::string_view text) {
        given = true;
        return read(text);
    };
    return value;
}

/// Options that belong to --find-loss alone, as far as they were given.
std::optional<std::string_view> option_of_find_loss(FindLossOptions const& given) {
    FindLossOptions const usual;
    if (given.all) return "all";
    if (given.duration_ms != usual.duration_ms) return "duration";
    if (given.clean_below != usual.clean_below) return "clean-below";
    return std::nullopt;
}

OptionValue confidence(std::optional<std::uint8_t>& target) {
    return {.read = [&target](std::string_view text) -> Result<void> {
                if (text != "95" && text != "99") return refuse_value("95 or 99");
                target = text == "95" ? std::uint8_t{95} : std::uint8_t{99};
                return {};
            },
            .allowed = "95 or 99",
            .default_text = std::to_string(default_confidence)};
}

/// Options that ask for more than one trace of each host.
std::vector<std::string_view> modes_of(TraceOptions const& options) {
    std::vector<std::string_view> modes;
    if (options.loss.wanted) modes.push_back("find-loss");
    if (options.repeat.report) modes.push_back("report");
    if (options.repeat.live) modes.push_back("live");
    return modes;
}

Result<void> check_modes(TraceOptions const& options) {
    auto const modes = modes_of(options);
    if (modes.size() > 1)
        return usage_error(fmt::format("--{}: is not for --{}", modes[1], modes[0]));
    if (!modes.empty() && options.hosts.size() > 1)
        return usage_error(fmt::format("--{}: looks at one host at a time", modes[0]));
    if (auto const name = option_of_find_loss(options.loss); name && !options.loss.wanted)
        return usage_error(fmt::format("--{}: needs --find-loss", *name));
    bool const usual_interval = options.repeat.interval_ms == RepeatOptions().interval_ms;
    if (!options.repeat.wanted() && (options.repeat.rounds || !usual_interval))
        return usage_error(fmt::format("--{}: needs --report or --live",
                                       options.repeat.rounds ? "rounds" : "interval"));
    if (options.loss.wanted && !options.asn_database.empty())
        return usage_error("--asn-db: is not for --find-loss");
    return {};
}

Result<void> check_format(TraceOptions const& options) {
    if (options.format == OutputFormat::text) return {};
    auto const refuse = [&](std::string_view why) {
        return usage_error(fmt::format("--format '{}': {}", to_text(options.format), why));
    };
    bool const fbtracert = options.format == OutputFormat::fbtracert;
    if (fbtracert && !options.loss.wanted) return refuse("needs --find-loss");
    if (!fbtracert && options.loss.wanted) return refuse("is not for --find-loss");
    if (options.json) return refuse("is not for --json, which has a form of its own");
    if (!fbtracert && !options.repeat.wanted() && !options.asn_database.empty())
        return refuse("has no column for --asn-db, but with --report");
    return {};
}

}  // namespace

OptionTable trace_table(TraceOptions& o) {
    OptionTable table;
    table.add({.argument = "HOST",
               .help = "the names or addresses to trace, all at once",
               .value = list(o.hosts),
               .repeated = true});
    add_probing_options(table, o.parameters,
                        noticed(form(o.parameters.flows, flows_allowed), o.flows_given));
    add_send_options(table, o.send);
    table.add("source,s", "ADDRESS", "send from this address of this host", form(o.source));

    table.heading("Which link loses packets");
    table.add("find-loss", "",
              "rounds of 64 flows, until that is certain or the time is over; exit status 0: none "
              "does, 1: a culprit, 3: undecided, 4: not measured",
              toggle(o.loss.wanted));
    table.add("duration", "TIME", "the longest time to look for loss",
              duration_ms(o.loss.duration_ms, seconds(1), hours(24)));
    table.add("clean-below", "PERCENT", "a network is clean when no link can lose more",
              percentage(o.loss.clean_below));
    table.add("all", "", "the packets of every flow by hop, not only those over a culprit",
              toggle(o.loss.all));

    table.heading("Round after round");
    table.add("report", "", "several rounds, summed up by hop in mtr's columns",
              toggle(o.repeat.report));
    table.add("live", "", "the same on the terminal, drawn anew after each round",
              toggle(o.repeat.live));
    table.add(
        "rounds", "N", "how many",
        by_default("10 with --report, no end with --live", number(o.repeat.rounds, 1, 1'000'000)));
    table.add("interval", "TIME", "from the begin of a round to that of the next",
              duration_ms(o.repeat.interval_ms, milliseconds(10), hours(24)));

    table.heading("What is shown");
    table.add("no-names,n", "", "addresses only, no host names", toggle(o.names, false));
    table.add("asn-db", "FILE", "the networks of addresses (MMDB), shown beside them",
              text(o.asn_database));
    table.add("json,j", "", "the trace as one line of JSON", toggle(o.json));
    table.add("format", "FORMAT",
              "text, comma-separated values, or with --find-loss fbtracert's JSON",
              form(o.format, "text, csv or fbtracert"));

    add_log_options(table, o.log);
    return table;
}

void add_probing_options(OptionTable& table, ProbingParameters& p, OptionValue flows) {
    table.heading("What is sent");
    table.add("method", "METHOD", "UDP to a high port, TCP SYN, or ICMP echo",
              form(p.method, "udp, tcp or icmp"));
    table.add("udp,U", "", "the same as --method udp", stands_for(p.method, Method::udp));
    table.add("tcp,T", "", "the same as --method tcp", stands_for(p.method, Method::tcp));
    table.add("icmp,I", "", "the same as --method icmp", stands_for(p.method, Method::icmp));
    table.add("ipv4,4", "", "use IPv4 only", stands_for(p.family, Family::ipv4));
    table.add("ipv6,6", "", "use IPv6 only", stands_for(p.family, Family::ipv6));
    auto ports =
        fmt::format("{} for udp, {} for tcp", default_port(Method::udp), default_port(Method::tcp));
    table.add("port,p", "PORT", "destination port, the same for all packets",
              by_default(std::move(ports), number(p.port, 1, 65'535)));
    table.add("source-port", "PORT", "source port of the first flow, the others have the next ones",
              number(p.source_port, first_source_port, last_source_port));
    table.add("tos,t", "N", "type of service of IPv4, traffic class of IPv6",
              number(p.tos, 0, 255));

    table.heading("How much is sent");
    table.add("flows", "N", "flows: constant ports each, so that every flow keeps to one path",
              std::move(flows));
    table.add("confidence", "PERCENT", "how sure --flows auto is to have found them",
              confidence(p.confidence));
    table.add("attempts,q", "N", "packets per hop and flow", number(p.attempts, 1, 100));
    table.add("first-hop,f", "TTL", "start at this hop", number(p.first_hop, 1, 100));
    table.add("max-hops,m", "TTL", "go no further than this hop", number(p.max_hops, 1, 100));
    table.add("gap-limit", "N", "stop a flow after so many silent hops in a row; 0: never",
              number(p.gap_limit, 0, 255));
    table.add("timeout,w", "TIME", "the longest wait for a reply",
              duration_ms(p.timeout_ms, milliseconds(1), seconds(10)));
}

Result<void> check(ProbingParameters const& parameters) {
    if (parameters.method == Method::icmp && parameters.port)
        return usage_error(fmt::format("--port '{}': ICMP has no ports", *parameters.port));
    if (parameters.method == Method::icmp && parameters.source_port)
        return usage_error(
            fmt::format("--source-port '{}': ICMP has no ports", *parameters.source_port));
    if (parameters.confidence && !parameters.flows.automatic)
        return usage_error(
            fmt::format("--confidence '{}': needs --flows auto", *parameters.confidence));
    if (parameters.first_hop > parameters.max_hops)
        return usage_error(fmt::format("--first-hop '{}': must be 1 to {}, the value of --max-hops",
                                       parameters.first_hop, parameters.max_hops));
    return {};
}

Result<void> check(TraceOptions const& options) {
    if (auto checked = check(options.parameters); !checked) return checked;
    if (auto checked = check_modes(options); !checked) return checked;
    if (auto checked = check_format(options); !checked) return checked;
    auto const& family = options.parameters.family;
    if (options.source && family && family_of(*options.source) != *family)
        return usage_error(fmt::format(
            "--source '{}': must be an {} address, because of --{}", to_text(*options.source),
            *family == Family::ipv4 ? "IPv4" : "IPv6", to_text(*family)));
    return {};
}

}  // namespace dtrace::app
