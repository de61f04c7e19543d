#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <utility>

namespace dtrace::app {

/// What the task comes to, for a command that does nothing beside it. Throws what it throws.
template <class T>
[[nodiscard]] T run_to_end(boost::asio::io_context& io, boost::asio::awaitable<T> task) {
    auto outcome = boost::asio::co_spawn(io, std::move(task), boost::asio::use_future);
    io.run();
    return outcome.get();
}

}  // namespace dtrace::app
