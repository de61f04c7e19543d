#include "commands.hpp"

#include <dtrace/app/application.hpp>

#include <cstdio>
#include <variant>

namespace dtrace::app {

namespace {

Result<int> run_command(ShowText const& shown, Environment const&) {
    bool const printed = std::fputs(shown.text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
    return printed ? 0 : 1;
}

}  // namespace

Result<int> run(Command const& command, Environment const& environment) {
    return std::visit([&](auto const& options) { return run_command(options, environment); },
                      command);
}

}  // namespace dtrace::app
