#pragma once

#include "api/api.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

/// Within a turn: stores a user whose role or password has changed and ends their sessions but for
/// the one with the hash `but_for`. None: done; else what to answer.
[[nodiscard]] boost::asio::awaitable<std::optional<http::Response>> keep_user(
    Api& api, User user, std::string but_for, std::vector<AuditEntry> audit);

}  // namespace dtrace::master
