#include "server/send_stream.hpp"

#include "server/peer_watch.hpp"

#include <dtrace/async/cancellable.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <exception>
#include <optional>
#include <utility>

namespace dtrace::http {

namespace asio = boost::asio;
namespace this_coro = boost::asio::this_coro;

namespace {

using More = decltype(Response::more);

/// Empty: it is over. None: it broke off, and without an end the peer knows that something is
/// missing.
asio::awaitable<std::optional<std::string>> next_piece(ServerContext& server, More const& more,
                                                       PeerWatch const& watch) {
    if (watch.peer_left() || server.connections.stopping()) co_return std::string();
    std::optional<std::string> piece;
    co_await this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await this_coro::throw_if_cancelled(true);
    try {
        piece = co_await more();
    } catch (...) {
        if (async::is_cancellation(std::current_exception())) piece.emplace();
    }
    co_await this_coro::throw_if_cancelled(false);
    co_await this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    if (!piece) {
        ++server.counters.handler_failures;
        server.log.error("a stream broke off", {});
    }
    co_return piece;
}

std::string as_chunk(std::string_view piece, bool chunked) {
    return chunked ? fmt::format("{:x}\r\n{}\r\n", piece.size(), piece) : std::string(piece);
}

}  // namespace

asio::awaitable<std::size_t> send_stream(ServerContext& server, asio::cancellation_signal& task,
                                         std::shared_ptr<TimedSocket> const& connection,
                                         std::string head, Response const& response, bool chunked) {
    auto const limit = server.options.limits.write_timeout;
    auto const watch = std::make_shared<PeerWatch>(connection, task);
    watch->start();
    std::size_t sent = 0;
    std::optional<std::string> piece = response.body;
    while (piece && !piece->empty()) {
        auto const text = head + as_chunk(*piece, chunked);
        head.clear();
        auto const error = co_await connection->write(text, {}, limit);
        connection->expires_at(TimePoint::max());
        if (error == asio::error::timed_out) ++server.counters.write_timeouts;
        if (error) break;
        sent += piece->size();
        piece = co_await next_piece(server, response.more, *watch);
    }
    watch->stop();
    bool const ended = piece && piece->empty() && !watch->peer_left();
    if (ended && chunked) {
        auto const error = co_await connection->write("0\r\n\r\n", {}, limit);
        if (error) ++server.counters.peer_left;
    }
    co_return sent;
}

}  // namespace dtrace::http
