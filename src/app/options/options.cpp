#include "options/command_options.hpp"
#include "options/nearest.hpp"

#include <dtrace/app/options.hpp>
#include <dtrace/core/version.hpp>

#include <array>
#include <utility>

namespace dtrace::app {

namespace {

constexpr std::uint32_t default_max_rate = 10'000;

struct CommandLine {
    std::string_view name;
    std::string_view usage;
    std::string_view summary;
    /// Of the words behind the name.
    Result<Command> (*read)(CommandLine const& command, std::vector<std::string> const& arguments,
                            Environment const& environment);
};

std::string version_text() {
    return fmt::format("dtrace-node {}\n", version);
}

std::string command_help(CommandLine const& command, OptionTable const& table) {
    return fmt::format(
        "usage: dtrace-node {} {}\n{}\n{}\n"
        "Every option may also stand in the file that --config names, as a line\n"
        "\"name = value\", or in the environment, like DTRACE_LOG_LEVEL=debug. The command\n"
        "line goes first, then the environment, then the file. docs/configuration.md has\n"
        "more.\n",
        command.name, command.usage, command.summary, table.help());
}

/// Options that every command has and that are dealt with before all others.
struct Common {
    std::string config;
    bool help = false;
    bool version = false;
};

void add_common(OptionTable& table, Common& common) {
    table.heading("Other");
    table.add("config", "FILE", "read options from there", text(common.config));
    table.add("help,h", "", "show this", toggle(common.help));
    table.add("version,V", "", "show the version", toggle(common.version));
}

/// The command line decides on help, version and the file before anything is required to be right.
void read_common(Common& common, std::vector<OptionTable::Given> const& given,
                 Environment const& environment) {
    auto const variable = environment.find("DTRACE_CONFIG");
    if (variable != environment.end()) common.config = variable->second;
    for (auto const& [name, value] : given) {
        if (name == "help") common.help = true;
        if (name == "version") common.version = true;
        if (name == "config") common.config = value;
    }
}

template <class Options, OptionTable (*make_table)(Options&)>
Result<Command> read_command(CommandLine const& command, std::vector<std::string> const& arguments,
                             Environment const& environment) {
    Options options;
    Common common;
    auto table = make_table(options);
    add_common(table, common);
    auto const refuse = [&](Error error) {
        error.message = fmt::format("dtrace-node {}: {}\nTry: dtrace-node {} --help\n",
                                    command.name, error.message, command.name);
        return error;
    };

    auto const given = table.split(arguments);
    if (!given) return refuse(given.error());
    read_common(common, *given, environment);
    if (common.help) return ShowText{command_help(command, table)};
    if (common.version) return ShowText{version_text()};
    if (!common.config.empty())
        if (auto read = table.read_file(common.config); !read) return refuse(read.error());
    if (auto read = table.read_environment(environment); !read) return refuse(read.error());
    if (auto read = table.read_command_line(*given); !read) return refuse(read.error());
    if (auto checked = check(options); !checked) return refuse(checked.error());
    return options;
}

constexpr std::array<CommandLine, 7> commands{{
    {"trace", "[options] HOST...", "trace the paths to hosts once and print them",
     read_command<TraceOptions, trace_table>},
    {"master", "[options]", "collect traces from probes, keep them, answer queries",
     read_command<MasterOptions, master_table>},
    {"probe", "--master HOST --name NAME [options]", "measure for a master, on its schedule",
     read_command<ProbeOptions, probe_table>},
    {"demo", "[options]", "show all of it on a simulated Internet; needs no privilege",
     read_command<DemoOptions, demo_table>},
    {"measure", "--from NAMES [options] HOST", "have probes of a master trace a host now",
     read_command<MeasureOptions, measure_table>},
    {"user", "ACTION [NAME] [options]", "add, list or remove users of a master, or help them",
     read_command<UserOptions, user_table>},
    {"db", "ACTION [options]", "look after the master's database",
     read_command<DbOptions, db_table>},
}};

std::string short_usage() {
    std::string text = "usage: dtrace-node COMMAND [options]\n\n";
    for (auto const& command : commands)
        text += fmt::format("  {:9}{}\n", command.name, command.summary);
    return text + "\nMore: dtrace-node COMMAND --help\n";
}

Error no_such_command(std::string const& name) {
    std::vector<std::string> names;
    for (auto const& command : commands)
        names.emplace_back(command.name);
    auto message = fmt::format("dtrace-node: '{}': there is no such command", name);
    if (auto const meant = nearest(name, names))
        message += fmt::format("; did you mean {}?", *meant);
    return usage_error(message + "\n\n" + short_usage());
}

}  // namespace

void add_log_options(OptionTable& table, LogOptions& options) {
    table.heading("Log");
    table.add("log", "FILE", "write the log there; opened again on SIGHUP",
              by_default("standard error", text(options.file)));
    table.add("log-level", "LEVEL", "what is worth a line",
              form(options.level, "error, warn, info or debug"));
}

void add_send_options(OptionTable& table, SendOptions& options) {
    table.heading("Sending");
    table.add("rate", "N", "packets per second at most", number(options.rate, 1, 1'000'000));
    table.add("target-rate", "N", "the same, to one address",
              number(options.target_rate, 1, 1'000'000));
    table.add("deny", "PREFIX", "send nothing to these addresses; may be given again",
              prefixes(options.targets.deny));
    table.add("allow", "PREFIX", "send to these addresses only; may be given again",
              prefixes(options.targets.allow));
    table.add("interface,i", "NAME", "send through this interface, whatever the routes say",
              text(options.interface));
    table.add("wire", "WIRE", "how packets leave; auto: raw with CAP_NET_RAW, else unprivileged",
              form(options.wire, "auto, raw, packet or unprivileged"));
}

void add_ceiling_option(OptionTable& table, SendOptions& options) {
    options.max_rate = default_max_rate;
    table.add("max-rate", "N", "--rate is held to this, whoever asks for what",
              by_default(std::to_string(default_max_rate), number(options.max_rate, 1, 1'000'000)));
}

Result<Command> read_options(std::vector<std::string> const& arguments,
                             Environment const& environment) {
    if (arguments.empty()) return usage_error(short_usage());
    auto const& name = arguments.front();
    if (name == "--help" || name == "-h") return ShowText{short_usage()};
    if (name == "--version" || name == "-V") return ShowText{version_text()};

    std::vector<std::string> const rest(arguments.begin() + 1, arguments.end());
    for (auto const& command : commands)
        if (name == command.name) return command.read(command, rest, environment);
    return no_such_command(name);
}

}  // namespace dtrace::app
