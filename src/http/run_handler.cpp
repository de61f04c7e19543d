#include "run_handler.hpp"

#include "peer_watch.hpp"

#include <dtrace/async/cancellable.hpp>
#include <dtrace/async/deadline.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <utility>

namespace dtrace::http {

namespace asio = boost::asio;
namespace this_coro = boost::asio::this_coro;

namespace {

std::string reason_of(std::exception_ptr const& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (std::exception const& error) {
        return error.what();
    } catch (...) {
        return "an exception of unknown type";
    }
}

Response unavailable(std::string_view detail) {
    auto response = problem(503, "Service unavailable", detail);
    response.headers.set("Retry-After", "5");
    return response;
}

/// A handler begins with the defaults of a task: cancelled, its next co_await throws.
asio::awaitable<void> call(Router const& router, Request& request, std::optional<Response>& into) {
    co_await this_coro::throw_if_cancelled(true);
    into = co_await router.answer(request);
}

/// One call: the handler, and what may cut it short.
struct Call {
    asio::cancellation_signal signal;
    std::optional<Response> response;
    std::exception_ptr failure;
    bool peer_left = false;
    bool timed_out = false;
};

asio::awaitable<void> run(Call& handled, asio::awaitable<void> operation,
                          std::optional<Duration> limit) {
    try {
        auto cancellable = async::run_cancellable(std::move(operation), handled.signal);
        if (limit) {
            auto const ended =
                co_await async::run_until(Clock::now() + *limit, std::move(cancellable));
            handled.timed_out = ended == async::Ended::timed_out;
        } else {
            co_await std::move(cancellable);
        }
    } catch (...) {
        handled.failure = std::current_exception();
    }
}

std::optional<Response> judge(ServerContext& server, Call& handled, std::string_view path) {
    auto& counters = server.counters;
    if (handled.failure && !async::is_cancellation(handled.failure)) {
        ++counters.handler_failures;
        server.log.error("request failed",
                         {{"path", path}, {"reason", reason_of(handled.failure)}});
        return problem(500, "Internal server error", "the log of the service says why");
    }
    if (handled.response && handled.response->status >= 200 && handled.response->status <= 599)
        return std::move(handled.response);
    if (handled.timed_out) {
        ++counters.handler_timeouts;
        return unavailable("the answer took too long");
    }
    if (handled.peer_left) return std::nullopt;
    if (server.connections.stopping()) return unavailable("the service is stopping");
    ++counters.handler_failures;
    server.log.error("request failed", {{"path", path}, {"reason", "it gave no valid response"}});
    return problem(500, "Internal server error", "the log of the service says why");
}

}  // namespace

asio::awaitable<std::optional<Response>> run_handler(ServerContext& server,
                                                     std::shared_ptr<TimedSocket> const& connection,
                                                     Request& request, std::string_view path) {
    if (server.connections.cut_short()) co_return std::nullopt;
    auto const shared = std::make_shared<Call>();
    Call& handled = *shared;
    auto const watch = std::make_shared<PeerWatch>(connection, [&handled] {
        handled.peer_left = true;
        handled.signal.emit(asio::cancellation_type::total);
    });
    watch->start();
    co_await this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    // The request came while the first signal was going round: the handler shall hear it, too.
    auto const executor = co_await this_coro::executor;
    if (server.connections.stopping())
        asio::post(executor, [shared] { shared->signal.emit(asio::cancellation_type::total); });
    auto operation = call(server.router, request, handled.response);
    co_await run(handled, std::move(operation), server.options.limits.handler_timeout);
    co_await this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    watch->stop();
    if (server.connections.cut_short()) co_return std::nullopt;
    co_return judge(server, handled, path);
}

}  // namespace dtrace::http
