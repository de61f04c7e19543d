#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace dtrace::async {

/// The completion token of this program: errors come as values and never throw.
///   auto [error, size] = co_await socket.async_read_some(buffer, as_result);
///
/// Two rules of this program because GCC 12.2 makes wrong code otherwise, silently:
/// - no co_await inside the condition of an if, a while or a do (in a coroutine without local
///   variables it jumps to nowhere, in a do it never ends): name the value, then ask it;
/// - no aggregate made among the arguments of an awaited call (destroyed twice): name it too.
inline constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace dtrace::async
