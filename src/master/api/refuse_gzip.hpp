#pragma once

#include "api/api.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace dtrace::master {

/// Only who has logged in may send a gzip body, whatever the route: a probe by its secret, a person
/// by a token or a session. Routes that need no login have small bodies. None: they have.
[[nodiscard]] boost::asio::awaitable<std::optional<http::Response>> refuse_gzip(
    Api& api, http::Request const& request);

}  // namespace dtrace::master
