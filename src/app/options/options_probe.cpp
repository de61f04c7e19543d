#include "options/command_options.hpp"

#include <dtrace/master/probe_name.hpp>

namespace dtrace::app {

namespace {

/// One of the two ways to give a password takes the place of the other.
OptionValue instead_of(std::string& other, OptionValue value) {
    value.read = [&other, read = std::move(value.read)](std::string_view given) -> Result<void> {
        other.clear();
        return read(given);
    };
    return value;
}

}  // namespace

OptionTable probe_table(ProbeOptions& o) {
    OptionTable table;
    table.heading("Its master");
    table.add("master", "HOST[:PORT]", "where assignments come from and reports go; or a URL",
              text(o.master));
    table.add("master-port", "PORT", "where --master names none", number(o.master_port, 1, 65'535));
    table.add("name", "NAME", "what the master knows this probe by", text(o.name));
    table.add("passwd-file", "FILE", "its first line is the password",
              by_default("passwd in $CREDENTIALS_DIRECTORY",
                         instead_of(o.password, text(o.password_file))));
    table.add("passwd", "PASSWORD", "the password itself; every user of this host sees it in ps",
              instead_of(o.password_file, secret(o.password)));
    add_access_options(table, o, "password");

    table.heading("What it does");
    table.add("outbox", "FOLDER", "keeps traces there until the master has them",
              by_default("dtrace-outbox in $STATE_DIRECTORY, or in /var/lib/dtrace-node for root, "
                         "else here",
                         text(o.outbox)));
    table.add("outbox-size", "MIB", "of the outbox; beyond it the oldest traces go",
              number(o.outbox_mib, 1, 1'048'576));
    table.add("outbox-traces", "N", "the same, counted in traces",
              number(o.outbox_traces, 1, 100'000'000));
    table.add("max-rounds", "N", "rounds at the same time; further ones wait",
              number(o.max_rounds, 1, 100'000));
    table.add("user", "USER", "become this user once the sockets are open; needs root",
              text(o.user));
    table.add("debug-results", "", "make the traces up; needs no privilege",
              toggle(o.debug_results));
    add_send_options(table, o.send);
    add_ceiling_option(table, o.send);

    add_log_options(table, o.log);
    return table;
}

Result<void> check(ProbeOptions const& options) {
    if (options.master.empty()) return usage_error("--master is missing: where the master is");
    if (options.name.empty())
        return usage_error("--name is missing: what the master knows this probe by");
    if (auto const fault = master::find_probe_name_fault(options.name))
        return usage_error(fmt::format("--name '{}': {}", options.name, *fault));
    return check(options, "password");
}

}  // namespace dtrace::app
