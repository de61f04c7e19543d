#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/http/access_log.hpp>
#include <dtrace/http/router.hpp>
#include <dtrace/http/tls.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace dtrace::async {
class WorkerPool;
}

namespace dtrace::http {

/// Every limit of the server. What goes beyond gets the answer in the comment.
struct ServerLimits {
    std::size_t max_connections = 16'384;               ///< 503, Retry-After, unread
    std::size_t max_connections_per_source = 2'048;     ///< 503; an IPv6 source is a /64
    std::size_t max_header_bytes = 16 * 1024;           ///< 431
    std::size_t max_header_fields = 100;                ///< 431
    std::size_t max_body_bytes = 8 * 1024 * 1024;       ///< 413; a route may allow less
    std::size_t max_bodies_bytes = 256 * 1024 * 1024;   ///< 503; of all requests under way
    std::size_t max_inflated_bytes = 64 * 1024 * 1024;  ///< 413; of a gzip body
    Duration handshake_timeout = seconds(10);           ///< closed; for all of TLS's handshake
    Duration header_timeout = seconds(10);              ///< 408; from the first byte of a request
    Duration body_timeout = seconds(60);                ///< 408; for the whole body
    Duration body_grace = seconds(5);                   ///< time before min_body_rate counts
    std::size_t min_body_rate = 1024;                   ///< bytes per second, else 408; 0: none
    Duration idle_timeout = seconds(75);                ///< closed; between two requests
    Duration write_timeout = seconds(20);               ///< closed; for each 64 KiB of an answer
    Duration stop_grace = seconds(5);                   ///< for messages under way, at stop
};

struct ServerOptions {
    /// An address of this host; empty: all, of both families where IPv6 exists.
    std::string listen;
    Port port = 0;  ///< 0: any free one
    ServerLimits limits;
    /// Large gzip bodies are inflated there; without it at once. Must outlive the server.
    async::WorkerPool* workers = nullptr;
    std::shared_ptr<TlsServer> tls;  ///< none: plain HTTP
    /// Asked before a gzip body is inflated, which costs far more than to send it: an answer is
    /// sent instead. Without it everybody's is inflated.
    std::function<boost::asio::awaitable<std::optional<Response>>(Request const&)> refuse_gzip = {};
    /// Who sends this, where its head alone proves it at once. A large body then takes of their
    /// share of max_bodies_bytes, and not of that of its source, which is one for all behind a
    /// proxy or a translator.
    std::function<std::optional<std::string>(Request const&)> sender_of = {};
};

/// What happened so far, for the metrics.
struct ServerCounters {
    std::size_t connections = 0;  ///< open now
    std::size_t body_bytes = 0;   ///< of requests under way
    std::uint64_t accepted = 0;
    std::uint64_t accept_errors = 0;
    std::uint64_t refused_max_connections = 0;
    std::uint64_t refused_max_connections_per_source = 0;
    std::uint64_t tls_failures = 0;  ///< handshakes that failed or took too long
    std::uint64_t requests = 0;      ///< that reached a handler
    std::uint64_t malformed = 0;
    std::uint64_t header_too_large = 0;
    std::uint64_t body_too_large = 0;
    std::uint64_t no_room_for_body = 0;
    std::uint64_t too_slow = 0;
    std::uint64_t write_timeouts = 0;
    std::uint64_t handler_failures = 0;
    std::uint64_t peer_left = 0;  ///< while its handler was waiting, or before the whole request
};

/// HTTP/1.1 over TCP or TLS in front of a Router. One thread. Everything given must outlive
/// serve().
class Server {
  public:
    Server(boost::asio::any_io_executor executor, ServerOptions options, Router const& router,
           Logger& log, AccessLog access_log = {});
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;
    ~Server();

    /// Binds and listens. The error names the address and the reason.
    [[nodiscard]] Result<void> open();

    /// After open().
    [[nodiscard]] Port local_port() const;

    /// Serves until cancelled. `total`: accepts no more, closes idle connections, cancels waiting
    /// handlers (`total`; what such a handler returns is still sent, if it throws 503 is), finishes
    /// messages under way for at most stop_grace. `terminal`: at once.
    [[nodiscard]] boost::asio::awaitable<void> serve();

    [[nodiscard]] ServerCounters const& counters() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dtrace::http
