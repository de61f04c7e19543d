#include "server/connection.hpp"
#include "server/response_text.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/async/use_result.hpp>
#include <dtrace/core/peer_address.hpp>
#include <dtrace/http/server.hpp>
#include <dtrace/http/url.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/this_coro.hpp>

#include <stdexcept>
#include <utility>

namespace dtrace::http {

namespace asio = boost::asio;
namespace this_coro = boost::asio::this_coro;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// After an error that lasts (no file descriptors left), so that the loop does not spin.
constexpr Duration accept_pause = milliseconds(100);
constexpr Duration warning_pause = seconds(10);

std::string refusal_text() {
    auto response = problem(503, "Too many connections", "try again later");
    response.headers.set("Retry-After", "5");
    return response_head(response, {.keep_alive = false}) + response.body;
}

}  // namespace

struct Server::Impl {
    Impl(asio::any_io_executor const& executor, ServerOptions options, Router const& router,
         Logger& log, AccessLog access_log)
        : shared(std::make_shared<ServerContext>(executor, std::move(options), router, log,
                                                 std::move(access_log))),
          context(*shared),
          acceptor(executor) {}

    Result<void> open();
    error_code listen_on(tcp::endpoint const& endpoint);
    asio::awaitable<void> accept_all();
    void admit(tcp::socket socket);
    void refuse(tcp::socket socket, IpAddress const& peer, bool by_source);
    void warn(std::string_view event, std::string_view reason);

    std::shared_ptr<ServerContext> shared;  ///< with the connections
    ServerContext& context;
    tcp::acceptor acceptor;
    TimePoint next_warning;
};

Result<void> Server::Impl::open() {
    auto const& options = context.options;
    tcp::endpoint endpoint(tcp::v6(), options.port);
    if (!options.listen.empty()) {
        auto const address = parse<IpAddress>(options.listen);
        if (!address) return within("listen address", address.error());
        endpoint.address(*address);
    }
    auto error = listen_on(endpoint);
    bool const no_ipv6 = error == asio::error::address_family_not_supported ||
                         error == boost::system::errc::address_not_available;
    if (options.listen.empty() && no_ipv6) {
        endpoint = tcp::endpoint(tcp::v4(), options.port);
        error = listen_on(endpoint);
    }
    Url const shown{.host = to_text(endpoint.address()), .port = endpoint.port()};
    if (error) return make_error(error, "cannot listen on " + shown.authority());
    return {};
}

error_code Server::Impl::listen_on(tcp::endpoint const& endpoint) {
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error && endpoint.address().is_v6() && endpoint.address().is_unspecified())
        acceptor.set_option(asio::ip::v6_only(false), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
    if (error) {
        error_code ignored;
        acceptor.close(ignored);
    }
    return error;
}

asio::awaitable<void> Server::Impl::accept_all() {
    auto const state = co_await this_coro::cancellation_state;
    while (state.cancelled() == asio::cancellation_type::none) {
        auto [error, socket] = co_await acceptor.async_accept(async::as_result);
        if (!error) {
            admit(std::move(socket));
        } else if (error != asio::error::operation_aborted &&
                   error != asio::error::connection_aborted) {
            ++context.counters.accept_errors;
            warn("connections cannot be accepted", error.message());
            co_await async::sleep_for(accept_pause);
        }
    }
}

void Server::Impl::admit(tcp::socket socket) {
    error_code error;
    auto const remote = socket.remote_endpoint(error);
    if (error) return;  // already gone
    auto const peer = without_mapping(remote.address());
    ++context.counters.accepted;
    auto const verdict = context.admission.enter(peer);
    if (verdict != Admission::Verdict::welcome)
        return refuse(std::move(socket), peer, verdict == Admission::Verdict::too_many_from_source);
    socket.set_option(tcp::no_delay(true), error);
    auto connection = std::make_shared<TimedSocket>(std::move(socket));
    context.connections.spawn("connection", [&](asio::cancellation_signal& task) {
        return serve_connection(shared, std::move(connection), peer, task);
    });
}

/// Answers without reading and without waiting: what does not fit into the socket is lost.
void Server::Impl::refuse(tcp::socket socket, IpAddress const& peer, bool by_source) {
    ++(by_source ? context.counters.refused_max_connections_per_source
                 : context.counters.refused_max_connections);
    warn("connection refused", by_source ? "max_connections_per_source" : "max_connections");
    error_code ignored;
    socket.non_blocking(true, ignored);
    auto const text = refusal_text();
    socket.write_some(asio::buffer(text), ignored);
    socket.shutdown(tcp::socket::shutdown_both, ignored);
    if (!context.access_log) return;
    AccessEntry entry;
    entry.time = wall_clock_now();
    entry.peer = peer;
    entry.status = 503;
    context.access_log(entry);
}

/// A flood must not become a flood of log lines.
void Server::Impl::warn(std::string_view event, std::string_view reason) {
    auto const now = Clock::now();
    if (now < next_warning) return;
    next_warning = now + warning_pause;
    context.log.warn(event, {{"reason", reason}, {"open", context.admission.connections()}});
}

Server::Server(asio::any_io_executor executor, ServerOptions options, Router const& router,
               Logger& log, AccessLog access_log)
    : impl_(std::make_unique<Impl>(executor, std::move(options), router, log,
                                   std::move(access_log))) {}

Server::~Server() = default;

Result<void> Server::open() {
    return impl_->open();
}

Port Server::local_port() const {
    error_code ignored;
    return impl_->acceptor.local_endpoint(ignored).port();
}

asio::awaitable<void> Server::serve() {
    if (!impl_->acceptor.is_open()) throw std::logic_error("Server::serve() before open()");
    bool const throws = co_await this_coro::throw_if_cancelled();
    co_await this_coro::throw_if_cancelled(false);
    co_await impl_->accept_all();
    error_code ignored;
    impl_->acceptor.close(ignored);
    co_await impl_->context.connections.join(impl_->context.options.limits.stop_grace);
    co_await this_coro::throw_if_cancelled(throws);
}

ServerCounters const& Server::counters() const {
    impl_->context.counters.connections = impl_->context.admission.connections();
    impl_->context.counters.body_bytes = impl_->context.bodies.held();
    return impl_->context.counters;
}

}  // namespace dtrace::http
