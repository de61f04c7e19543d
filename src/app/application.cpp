#include "commands/commands.hpp"
#include "terminal/standard_output.hpp"

#include <dtrace/app/application.hpp>

#include <sodium.h>

#include <variant>

namespace dtrace::app {

namespace {

Result<int> run_command(ShowText const& shown, Environment const&) {
    return write_out(shown.text) ? 0 : 1;
}

}  // namespace

Result<int> run(Command const& command, Environment const& environment) {
    // Before anything else of it: chooses what is fastest on this processor, for argon2id twice as
    // fast as without, and makes its random numbers safe for several threads.
    if (sodium_init() < 0)
        return make_error(boost::system::errc::not_supported, "no source of random numbers");
    return std::visit([&](auto const& options) { return run_command(options, environment); },
                      command);
}

}  // namespace dtrace::app
