#include "options/command_options.hpp"

namespace dtrace::app {

OptionTable db_table(DbOptions& o) {
    OptionTable table;
    table.operand("ACTION", "info, check, backup or import",
                  form(o.action, "info, check, backup or import"));
    table.heading("What it works on");
    table.add("db", "FILE", "the database; a master may be working with it", text(o.database));
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
    auto const refuse = [](char const* message) {
        return make_error(boost::system::errc::invalid_argument, message);
    };
    if (options.action == DbAction::backup && options.target.empty())
        return refuse("--to is missing: where the copy goes");
    if (options.action == DbAction::import && options.old_database.empty())
        return refuse("--dist-traceroute is missing: the database to take over");
    return {};
}

}  // namespace dtrace::app
