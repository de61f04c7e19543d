#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/ip.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace dtrace::http {

/// getaddrinfo on a thread of Asio's. A lookup cannot be interrupted: when the caller is cancelled
/// it returns at once and the lookup ends alone, unheard.
[[nodiscard]] boost::asio::awaitable<Result<std::vector<IpAddress>>> resolve_by_system(
    std::string host);

}  // namespace dtrace::http
