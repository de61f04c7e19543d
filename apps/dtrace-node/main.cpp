#include <dtrace/app/application.hpp>

#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

// Exit status: 0 done, 1 failed, 2 wrong command line; of `trace --find-loss` its own.

int main(int argc, char** argv) try {
    dtrace::app::Environment environment;
    for (char** entry = environ; *entry; ++entry) {
        std::string_view const variable(*entry);
        auto const equals = variable.find('=');
        if (equals != variable.npos)
            environment.emplace(variable.substr(0, equals), variable.substr(equals + 1));
    }
    auto const command = dtrace::app::read_options({argv + 1, argv + argc}, environment);
    if (!command) {
        std::fputs(command.error().message.c_str(), stderr);
        return 2;
    }
    auto const status = dtrace::app::run(*command, environment);
    if (status) return *status;
    std::fprintf(stderr, "dtrace-node: %s\n", status.error().message.c_str());
    return 1;
} catch (std::exception const& failure) {
    std::fprintf(stderr, "dtrace-node: %s\n", failure.what());
    return 1;
}
