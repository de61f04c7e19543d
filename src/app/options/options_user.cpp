#include "options/command_options.hpp"

#include <algorithm>
#include <array>

namespace dtrace::app {

namespace {

constexpr std::array<std::string_view, 4> actions{"add", "passwd", "list", "remove"};

/// The action, then the user.
OptionValue action_and_name(UserOptions& target) {
    return {.read = [&target](std::string_view given) -> Result<void> {
        if (target.action.empty()) {
            if (std::ranges::find(actions, given) == actions.end())
                return refuse_value("add, passwd, list or remove");
            target.action = given;
            return {};
        }
        if (!target.name.empty()) return refuse_value("nothing more");
        return text(target.name).read(given);
    }};
}

}  // namespace

OptionTable user_table(UserOptions& o) {
    OptionTable table;
    table.operands("ACTION [NAME]",
                   "add: a new user; passwd: a new password; remove: with all tokens and sessions; "
                   "list: who there is",
                   action_and_name(o));

    table.heading("What is changed");
    table.add("db", "FILE", "the database of the master, which may be running", text(o.database));
    table.add("role", "ROLE", "of a new user", form(o.role, "viewer, operator or admin"));
    table.add("passwd-file", "FILE",
              "its first line is the password (default: one is made up and printed)",
              text(o.password_file));

    add_log_options(table, o.log);
    return table;
}

Result<void> check(UserOptions const& options) {
    auto const refuse = [](std::string message) {
        return make_error(boost::system::errc::invalid_argument, std::move(message));
    };
    if (options.action == "list" && !options.name.empty())
        return refuse(fmt::format("'{}': list needs no name", options.name));
    if (options.action != "list" && options.name.empty())
        return refuse("NAME is missing: the user");
    return {};
}

}  // namespace dtrace::app
