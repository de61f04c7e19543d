#include "options/command_options.hpp"

#include <algorithm>

namespace dtrace::app {

namespace {

/// "n1,n2": at least one, none of them empty.
OptionValue names(std::vector<std::string>& target) {
    return {.read = [&target](std::string_view given) -> Result<void> {
                target.clear();
                for (;;) {
                    auto const end = std::min(given.find(','), given.size());
                    if (end == 0) return refuse_value("names with commas between them");
                    target.emplace_back(given.substr(0, end));
                    if (end == given.size()) return {};
                    given.remove_prefix(end + 1);
                }
            },
            .allowed = "with commas between them"};
}

}  // namespace

OptionTable measure_table(MeasureOptions& o) {
    OptionTable table;
    table.add({.argument = "HOST",
               .help = "the name or address to trace, as the probes resolve it",
               .value = text(o.host)});

    table.heading("Who measures");
    table.add("master", "HOST[:PORT]", "the master; or a URL", text(o.master));
    table.add("master-port", "PORT", "where --master names none", number(o.master_port, 1, 65'535));
    table.add("token-file", "FILE", "its first line is a token of an operator", text(o.token_file));
    table.add("token", "TOKEN",
              "the token itself; every user of this host sees it in ps, so better DTRACE_TOKEN",
              secret(o.token));
    add_access_options(table, o, "token");
    table.add("from", "NAMES", "these probes", names(o.from));
    table.add("tag", "TAGS", "probes that have one of these tags", names(o.tags));
    table.add("count", "N", "so many of them that are online, by lot", number(o.count, 1, 1'000));
    table.add("deadline", "TIME", "what has not come until then does not count",
              duration_ms(o.deadline_ms, seconds(1), seconds(3'600)));

    add_probing_options(table, o.parameters, form(o.parameters.flows, flows_allowed));

    table.heading("What is shown");
    table.add("no-names,n", "", "addresses only, no host names", toggle(o.names, false));
    table.add("json,j", "", "each trace as one line of JSON", toggle(o.json));

    add_log_options(table, o.log);
    return table;
}

Result<void> check(MeasureOptions const& options) {
    bool const has_token = !options.token.empty() || !options.token_file.empty();
    if (auto checked = check(options, "token", has_token); !checked) return checked;
    if (options.from.empty() && options.tags.empty() && !options.count)
        return usage_error("--from is missing: which probes; or --tag, or --count");
    return check(options.parameters);
}

}  // namespace dtrace::app
