#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/core/version.hpp>
#include <dtrace/http/message.hpp>
#include <dtrace/http/tls.hpp>
#include <dtrace/http/url.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::http {

/// From a host name to its addresses, never none of them; cancellable. wire::Resolver fits.
using ResolveHost =
    std::function<boost::asio::awaitable<Result<std::vector<IpAddress>>>(std::string host)>;

struct ClientOptions {
    Duration connect_timeout = seconds(10);  ///< name resolution included
    Duration request_timeout = seconds(30);  ///< for all of a request, unless it has its own
    std::size_t max_header_bytes = 16 * 1024;
    std::size_t max_response_bytes = 16 * 1024 * 1024;
    std::size_t max_kept_connections = 16;  ///< idle ones, one per origin
    Duration max_idle = seconds(60);        ///< a kept connection older than this is not used
    std::string user_agent = "dtrace-node/" + std::string(version);
    ResolveHost resolve;             ///< empty: the system's getaddrinfo
    std::shared_ptr<TlsClient> tls;  ///< none: whom the system trusts
};

struct ClientRequest {
    Verb verb = Verb::get;
    Url url;
    Headers headers;  ///< Host, Content-Length, Connection and User-Agent are the client's business
    std::string body;
    std::optional<Duration> timeout;  ///< for all of it; a long poll wants more than its wait
};

struct ClientResponse {
    unsigned status = 0;
    Headers headers;
    std::string body;
};

/// HTTP/1.1 over TCP or TLS. Keeps one idle connection per origin; requests may run concurrently.
/// When a kept connection turns out closed before any byte of an answer, the request is sent once
/// more over a new one: send only what may arrive twice. Redirections are answers like any other.
class Client {
  public:
    explicit Client(boost::asio::any_io_executor executor, ClientOptions options = {});
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;
    ~Client();

    /// Any status is a success here. Errors, each naming the origin: what resolving and connecting
    /// say, errc::timed_out, errc::message_size (answer too large), errc::bad_message (not HTTP),
    /// errc::connection_reset (closed too early), errc::operation_canceled.
    [[nodiscard]] boost::asio::awaitable<Result<ClientResponse>> request(ClientRequest request);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dtrace::http
