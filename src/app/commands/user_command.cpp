#include "commands/commands.hpp"
#include "commands/run_to_end.hpp"
#include "commands/secret_file.hpp"
#include "log/boost_log.hpp"
#include "terminal/standard_output.hpp"

#include <dtrace/master/user_admin.hpp>
#include <dtrace/store/open_store.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace dtrace::app {

namespace asio = boost::asio;

namespace {

asio::awaitable<Result<std::string>> list(store::Registry& registry) {
    auto const users = co_await master::list_users(registry);
    if (!users) co_return users.error();
    std::string text;
    for (auto const& user : *users)
        text += fmt::format("{:10}{}\n", to_text(user.role), user.name);
    co_return text;
}

asio::awaitable<Result<std::string>> change(UserOptions const& options, store::Registry& registry,
                                            std::optional<std::string> password) {
    bool const made_up = !password;
    Result<std::string> secret = std::string();
    if (options.action == UserAction::add)
        secret =
            co_await master::add_user(registry, options.name, options.role, std::move(password));
    else
        secret = co_await master::reset_password(registry, options.name, std::move(password));
    if (!secret) co_return secret.error();
    co_return made_up ? fmt::format("password of {}: {}\n", options.name, *secret) : std::string();
}

asio::awaitable<Result<std::string>> remove(UserOptions const& options, store::Registry& registry) {
    auto const removed = co_await master::remove_user(registry, options.name);
    if (!removed) co_return removed.error();
    co_return std::string();
}

/// What is to be printed.
asio::awaitable<Result<std::string>> act(UserOptions const& options, store::Registry& registry,
                                         std::optional<std::string> password) {
    if (options.action == UserAction::list) return list(registry);
    if (options.action == UserAction::remove) return remove(options, registry);
    return change(options, registry, std::move(password));
}

}  // namespace

Result<int> run_command(UserOptions const& options, Environment const&) {
    auto log = BoostLog::open(options.log);
    if (!log) return log.error();
    // Only a master makes a database.
    if (std::error_code ignored; !std::filesystem::exists(options.database, ignored))
        return make_error(boost::system::errc::no_such_file_or_directory,
                          "--db: " + options.database + ": there is no such database");
    std::optional<std::string> password;
    if (!options.password_file.empty()) {
        auto line = read_secret_file(options.password_file, **log);
        if (!line) return within("--passwd-file", line.error());
        password = *std::move(line);
    }
    asio::io_context io(1);
    auto store =
        store::open_store(options.database, io.get_executor(), **log, {.moves_log = false});
    if (!store) return within("--db", store.error());
    auto const done = run_to_end(io, act(options, (*store)->registry(), std::move(password)));
    if (!done) return done.error();
    if (write_out(*done)) return 0;
    return make_error(boost::system::errc::io_error,
                      "standard output could not be written; what was asked for is done");
}

}  // namespace dtrace::app
