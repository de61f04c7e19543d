#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/model/user.hpp>
#include <dtrace/store/registry.hpp>

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

// Users changed in the database itself, for when nobody can log in. A running master reads them
// again when it is told to (MasterService::reload). Hashing blocks: not for a service. Errors name
// the user.

[[nodiscard]] boost::asio::awaitable<Result<std::vector<User>>> list_users(
    store::Registry& registry);

/// The password: as given, or made up.
[[nodiscard]] boost::asio::awaitable<Result<std::string>> add_user(
    store::Registry& registry, std::string name, Role role, std::optional<std::string> password);

/// The same for one that is there; ends their sessions.
[[nodiscard]] boost::asio::awaitable<Result<std::string>> reset_password(
    store::Registry& registry, std::string name, std::optional<std::string> password);

/// With all tokens and sessions. The last administrator may go, too: the master then makes another
/// first one at its next start if no user is left.
[[nodiscard]] boost::asio::awaitable<Result<void>> remove_user(store::Registry& registry,
                                                               std::string name);

}  // namespace dtrace::master
