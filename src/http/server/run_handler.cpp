#include "server/run_handler.hpp"

#include "server/peer_watch.hpp"

#include <dtrace/async/cancellable.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <utility>

namespace dtrace::http {

namespace asio = boost::asio;
namespace this_coro = boost::asio::this_coro;

namespace {

using ResponsePtr = std::unique_ptr<Response>;

ResponsePtr on_heap(Response&& response) {
    return std::make_unique<Response>(std::move(response));
}

ResponsePtr server_error(ServerContext& server, std::string_view path, std::string_view reason) {
    ++server.counters.handler_failures;
    server.log.error("request failed", {{"path", path}, {"reason", reason}});
    return on_heap(problem(500, "Internal server error", "the log of the service says why"));
}

/// What a handler's exception comes to; null: the peer has left and needs no answer.
ResponsePtr answer_to(ServerContext& server, std::exception_ptr const& failure, bool peer_left,
                      std::string_view path) {
    if (!async::is_cancellation(failure))
        return server_error(server, path, async::reason_of(failure));
    if (peer_left) return nullptr;
    if (!server.connections.stopping()) return server_error(server, path, "it was cancelled");
    auto response = problem(503, "Service unavailable", "the service is stopping");
    response.headers.set("Retry-After", "5");
    return on_heap(std::move(response));
}

ResponsePtr judge(ServerContext& server, ResponsePtr response, std::exception_ptr const& failure,
                  bool peer_left, std::string_view path) {
    if (server.connections.cut_short()) return nullptr;
    if (failure) return answer_to(server, failure, peer_left, path);
    if (response->status < 200 || response->status > 599)
        return server_error(server, path, "it gave no valid response");
    return response;
}

}  // namespace

asio::awaitable<std::unique_ptr<Response>> run_handler(
    ServerContext& server, asio::cancellation_signal& task,
    std::shared_ptr<TimedSocket> const& connection, Request& request) {
    if (server.connections.cut_short()) co_return nullptr;
    auto const watch = std::make_shared<PeerWatch>(connection, task);
    watch->start();
    // A handler begins with the defaults of a task: cancelled, its next co_await throws.
    co_await this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await this_coro::throw_if_cancelled(true);
    // The request came while the first signal was going round: the handler shall hear it, too.
    if (server.connections.stopping())
        asio::post(connection->socket().get_executor(), [watch] { watch->interrupt(); });
    ResponsePtr response;
    std::exception_ptr failure;
    try {
        response = on_heap(co_await server.router.answer(request));
    } catch (...) {
        failure = std::current_exception();
    }
    co_await this_coro::throw_if_cancelled(false);
    co_await this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    watch->stop();
    co_return judge(server, std::move(response), failure, watch->peer_left(), request.path);
}

}  // namespace dtrace::http
