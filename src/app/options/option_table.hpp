#pragma once

#include "options/option_value.hpp"

#include <dtrace/app/options.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace dtrace::app {

/// One option, declared once for the command line, the environment, the file and the help.
struct Option {
    std::string name;      ///< "max-hops"
    char letter = 0;       ///< 'm'; 0: none
    std::string argument;  ///< "N", as the help calls it
    std::string help;
    OptionValue value;
};

/// What stands on the command line without an option's name.
struct Operand {
    std::string argument;  ///< "HOST", as the help calls it
    std::string help;
    OptionValue value;
    bool optional = false;
    bool repeated = false;  ///< takes all words that are left
};

/// The options of one command, in the order of its help. Reading writes into the structs that the
/// values were made from; a later reading overwrites an earlier one.
class OptionTable {
  public:
    /// The options that follow belong together.
    void heading(std::string text);

    /// `names` is "max-hops,m" or "max-hops".
    void add(std::string_view names, std::string argument, std::string help, OptionValue value);

    /// In the order in which they stand on the command line; a word beyond the last is refused.
    void add(Operand operand) { operands_.push_back(std::move(operand)); }

    /// One option=value of a command line, in order; operands have an empty name.
    struct Given {
        std::string name;
        std::string value;
    };
    /// Takes the arguments apart; refuses what is not in the table.
    [[nodiscard]] Result<std::vector<Given>> split(std::vector<std::string> const& arguments) const;

    [[nodiscard]] Result<void> read_command_line(std::vector<Given> const& given) const;
    /// DTRACE_MAX_HOPS for max-hops. Other variables are not ours.
    [[nodiscard]] Result<void> read_environment(Environment const& environment) const;
    /// Lines of `name = value`; `#` begins a comment.
    [[nodiscard]] Result<void> read_file(std::string const& file) const;

    [[nodiscard]] std::string help() const;
    [[nodiscard]] std::vector<std::string> names() const;

  private:
    [[nodiscard]] Option const* find(std::string_view name) const;
    [[nodiscard]] Error unknown(std::string_view shown, std::string_view name) const;

    std::vector<Option> options_;
    std::vector<std::pair<std::size_t, std::string>> headings_;  ///< before which option
    std::vector<Operand> operands_;
};

/// What is wrong with what the user has typed: the program ends with status 2.
[[nodiscard]] Error usage_error(std::string message);

/// The environment variable of an option.
[[nodiscard]] std::string environment_name(std::string_view option);

}  // namespace dtrace::app
