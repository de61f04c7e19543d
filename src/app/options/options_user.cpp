#include "options/command_options.hpp"

namespace dtrace::app {

OptionTable user_table(UserOptions& o) {
    OptionTable table;
    table.add({.argument = "ACTION",
               .help = "add: a new user; passwd: a new password; remove: with all tokens and "
                       "sessions; list: who there is",
               .value = form(o.action, "add, passwd, remove or list")});
    table.add({.argument = "NAME",
               .help = "the user; list needs none",
               .value = text(o.name),
               .optional = true});

    table.heading("What is changed");
    table.add("db", "FILE", "the database of the master, which may be running", text(o.database));
    table.add("role", "ROLE", "of a new user", form(o.role, "viewer, operator or admin"));
    table.add("passwd-file", "FILE", "its first line is the password",
              by_default("one is made up and printed", text(o.password_file)));

    add_log_options(table, o.log);
    return table;
}

Result<void> check(UserOptions const& options) {
    bool const names_one = !options.name.empty();
    if (options.action == UserAction::list && names_one)
        return usage_error(fmt::format("'{}': list needs no name", options.name));
    if (options.action != UserAction::list && !names_one)
        return usage_error("NAME is missing: the user");
    return {};
}

}  // namespace dtrace::app
