#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace dtrace::async {

/// The completion token of this program: errors come as values and never throw.
///   auto [error, size] = co_await socket.async_read_some(buffer, as_result);
inline constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace dtrace::async
