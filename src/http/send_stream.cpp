#include "send_stream.hpp"

#include "peer_watch.hpp"

#include <dtrace/async/cancellable.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <exception>
#include <utility>

namespace dtrace::http {

namespace asio = boost::asio;
namespace this_coro = boost::asio::this_coro;

namespace {

using More = decltype(Response::more);

/// What may cut the waiting for a piece short.
struct Leaving {
    asio::cancellation_signal signal;
    bool peer_left = false;
    bool broken = false;
};

asio::awaitable<void> take(More const& more, std::string& into) {
    co_await this_coro::throw_if_cancelled(true);
    into = co_await more();
}

/// Empty: it is over.
asio::awaitable<std::string> next_piece(ServerContext& server, More const& more, Leaving& leaving) {
    std::string piece;
    co_await this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    if (leaving.peer_left || server.connections.stopping()) co_return piece;
    try {
        auto operation = take(more, piece);
        co_await async::run_cancellable(std::move(operation), leaving.signal);
    } catch (...) {
        piece.clear();
        if (!async::is_cancellation(std::current_exception())) {
            leaving.broken = true;  // without an end the peer knows that something is missing
            ++server.counters.handler_failures;
            server.log.error("a stream broke off", {});
        }
    }
    co_return piece;
}

std::string as_chunk(std::string_view piece, bool chunked) {
    return chunked ? fmt::format("{:x}\r\n{}\r\n", piece.size(), piece) : std::string(piece);
}

}  // namespace

asio::awaitable<std::size_t> send_stream(ServerContext& server,
                                         std::shared_ptr<TimedSocket> const& connection,
                                         std::string head, Response const& response, bool chunked) {
    auto const limit = server.options.limits.write_timeout;
    auto const leaving = std::make_shared<Leaving>();
    auto const watch = std::make_shared<PeerWatch>(connection, [leaving] {
        leaving->peer_left = true;
        leaving->signal.emit(asio::cancellation_type::total);
    });
    watch->start();
    std::size_t sent = 0;
    std::string piece = response.body;
    while (!piece.empty()) {
        auto const text = head + as_chunk(piece, chunked);
        head.clear();
        co_await this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
        auto const error = co_await connection->write(text, {}, limit);
        connection->expires_at(TimePoint::max());
        if (error == asio::error::timed_out) ++server.counters.write_timeouts;
        if (error) break;
        sent += piece.size();
        piece = co_await next_piece(server, response.more, *leaving);
    }
    co_await this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    watch->stop();
    bool const ended = piece.empty() && !leaving->peer_left && !leaving->broken;
    if (ended && chunked) {
        auto const error = co_await connection->write("0\r\n\r\n", {}, limit);
        if (error) ++server.counters.peer_left;
    }
    co_return sent;
}

}  // namespace dtrace::http
