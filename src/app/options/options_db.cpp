#include "options/command_options.hpp"

namespace dtrace::app {

OptionTable db_table(DbOptions& o) {
    OptionTable table;
    table.add({.argument = "ACTION",
               .help = "info: what is in it; check: is it sound; backup: a copy of it; import: the "
                       "traces of dist-traceroute",
               .value = form(o.action, "info, check, backup or import")});
    table.heading("What it works on");
    table.add("db", "FILE", "the database; a master may be working with it, but not beside import",
              text(o.database));
    table.add("to", "FILE", "backup: where the copy goes; it must not be there yet",
              text(o.target));

    table.heading("What is taken over from dist-traceroute");
    table.add("dist-traceroute", "FILE", "import: the SQLite database of its master",
              text(o.old_database));
    table.add("write-probes", "FILE", "import: write its slaves as a file for --probes",
              text(o.probes_file));
    table.add("write-targets", "FILE", "import: write its targets as a file for --targets",
              text(o.targets_file));

    add_log_options(table, o.log);
    return table;
}

Result<void> check(DbOptions const& options) {
    if (options.action == DbAction::backup && options.target.empty())
        return usage_error("--to is missing: where the copy goes");
    if (options.action == DbAction::import && options.old_database.empty())
        return usage_error("--dist-traceroute is missing: the database to take over");
    return {};
}

}  // namespace dtrace::app
