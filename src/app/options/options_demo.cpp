#include "options/command_options.hpp"

namespace dtrace::app {

OptionTable demo_table(DemoOptions& o) {
    OptionTable table;
    table.heading("Where it listens");
    table.add("port", "PORT", "for the dashboard and the API; 0: any free one",
              number(o.port, 0, 65'535));
    table.add("listen", "ADDRESS", "an address of this host", text(o.listen));

    table.heading("What happens");
    table.add("pace", "N", "trouble comes and goes so many times as fast", number(o.pace, 1, 60));
    table.add("db", "FILE", "keep the traces there",
              by_default("a temporary file", text(o.database)));

    add_log_options(table, o.log);
    return table;
}

Result<void> check(DemoOptions const& options) {
    return check_listen(options.listen);
}

}  // namespace dtrace::app
