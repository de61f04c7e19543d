#include "options/option_table.hpp"

#include "options/nearest.hpp"

#include <boost/program_options.hpp>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <fstream>

namespace dtrace::app {

namespace po = boost::program_options;

namespace {

po::options_description describe(std::vector<Option> const& options) {
    po::options_description description;
    for (auto const& option : options) {
        auto const names = option.letter ? option.name + ',' + option.letter : option.name;
        description.add_options()(names.c_str(), new po::untyped_value(option.value.is_switch), "");
    }
    return description;
}

/// `shown` is how its name was written: "--max-hops", "DTRACE_MAX_HOPS", "node.conf: max-hops".
Result<void> read_value(std::string const& shown, OptionValue const& value,
                        std::string const& given) {
    auto read = value.read(given);
    if (read) return {};
    auto const repeated = value.secret ? std::string() : fmt::format(" '{}'", given);
    return usage_error(fmt::format("{}{}: {}", shown, repeated, read.error().message));
}

/// They make no sense in a place that holds for every start.
bool only_on_command_line(Option const& option) {
    return option.name == "help" || option.name == "version";
}

}  // namespace

Error usage_error(std::string message) {
    return make_error(boost::system::errc::invalid_argument, std::move(message));
}

std::string environment_name(std::string_view option) {
    std::string name = "DTRACE_";
    for (char c : option)
        name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

void OptionTable::heading(std::string text) {
    headings_.emplace_back(options_.size(), std::move(text));
}

void OptionTable::add(std::string_view names, std::string argument, std::string help,
                      OptionValue value) {
    auto const comma = names.find(',');
    options_.push_back({.name = std::string(names.substr(0, comma)),
                        .letter = comma == names.npos ? '\0' : names[comma + 1],
                        .argument = std::move(argument),
                        .help = std::move(help),
                        .value = std::move(value)});
}

Option const* OptionTable::find(std::string_view name) const {
    auto const option = std::ranges::find(options_, name, &Option::name);
    return option == options_.end() ? nullptr : &*option;
}

std::vector<std::string> OptionTable::names() const {
    std::vector<std::string> names;
    for (auto const& option : options_)
        names.push_back(option.name);
    return names;
}

Error OptionTable::unknown(std::string_view shown, std::string_view name) const {
    auto message = fmt::format("{}: there is no such option", shown);
    if (auto const meant = nearest(name, names()); meant && name.size() > 1) {
        auto prefix = std::string(shown.substr(0, shown.size() - name.size()));
        message += fmt::format("; did you mean {}{}?", prefix, *meant);
    }
    return usage_error(std::move(message));
}

Result<std::vector<OptionTable::Given>> OptionTable::split(
    std::vector<std::string> const& arguments) const {
    using namespace po::command_line_style;
    constexpr int style = allow_long | long_allow_adjacent | long_allow_next | allow_short |
                          allow_dash_for_short | short_allow_adjacent | short_allow_next |
                          allow_sticky;
    auto const description = describe(options_);
    std::vector<Given> all;
    try {
        for (auto const& parsed :
             po::command_line_parser(arguments).options(description).style(style).run().options) {
            auto const* option = find(parsed.string_key);
            bool const bare = option && option->value.is_switch;
            for (auto const& value : bare ? std::vector<std::string>{"true"} : parsed.value)
                all.push_back({parsed.string_key, value});
        }
    } catch (po::unknown_option const& error) {
        auto const given = error.get_option_name();
        auto const shown = given.substr(0, given.find('='));
        bool const is_letter = shown.size() == 2 && shown.size() < given.size();
        if (is_letter && std::ranges::find(options_, shown[1], &Option::letter) != options_.end())
            return usage_error(fmt::format("{}: takes no value", shown));
        return unknown(shown, std::string_view(shown).substr(shown.find_first_not_of('-')));
    } catch (po::error_with_option_name const& error) {
        auto const name = error.get_option_name();
        auto const* option = find(name.substr(std::min(name.size(), name.find_first_not_of('-'))));
        if (option && option->value.is_switch)
            return usage_error(fmt::format("{}: takes no value", name));
        return usage_error(fmt::format("{}: needs a value", name));
    } catch (po::error const& error) {
        return usage_error(error.what());
    }
    return all;
}

Result<void> OptionTable::read_command_line(std::vector<Given> const& given) const {
    std::size_t words = 0;
    for (auto const& [name, value] : given) {
        if (!name.empty()) {
            if (auto read = read_value("--" + name, find(name)->value, value); !read) return read;
            continue;
        }
        bool const goes_on = !operands_.empty() && operands_.back().repeated;
        if (words >= operands_.size() && !goes_on)
            return usage_error(fmt::format("'{}': is one argument too many", value));
        auto const& operand = operands_[std::min(words, operands_.size() - 1)];
        if (auto read = read_value(operand.argument, operand.value, value); !read) return read;
        ++words;
    }
    if (words < operands_.size() && !operands_[words].optional) {
        auto const& [argument, help, value, optional, repeated] = operands_[words];
        return usage_error(fmt::format("{} is missing: {}", argument,
                                       value.allowed.empty() ? help : value.allowed));
    }
    return {};
}

Result<void> OptionTable::read_environment(Environment const& environment) const {
    for (auto const& option : options_) {
        auto const variable = environment.find(environment_name(option.name));
        if (variable == environment.end() || only_on_command_line(option)) continue;
        if (auto read = read_value(variable->first, option.value, variable->second); !read)
            return read;
    }
    return {};
}

Result<void> OptionTable::read_file(std::string const& file) const {
    errno = 0;
    std::ifstream stream(file);
    stream.peek();  // a folder can be opened, and not be read
    if (stream.bad() || !stream.is_open()) return errno_error("--config '" + file + '\'');
    try {
        po::options_description const none;
        for (auto const& line : po::parse_config_file(stream, none, true).options) {
            auto const shown = fmt::format("{}: {}", file, line.string_key);
            auto const* option = find(line.string_key);
            if (!option || only_on_command_line(*option) || option->name == "config")
                return unknown(shown, line.string_key);
            auto const value = line.value.empty() ? std::string() : line.value.front();
            if (auto read = read_value(shown, option->value, value); !read) return read;
        }
    } catch (po::invalid_config_file_syntax const& error) {
        return usage_error(
            fmt::format("{}: '{}': must be lines of name = value", file, error.tokens()));
    }
    return {};
}

}  // namespace dtrace::app
