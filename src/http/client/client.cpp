#include "client/response_reader.hpp"
#include "client/system_resolver.hpp"
#include "field_syntax.hpp"
#include "timed_socket.hpp"
#include "tls/tls_session.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/http/client.hpp>

#include <boost/asio/error.hpp>
#include <fmt/format.h>

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <map>
#include <utility>

namespace dtrace::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using ConnectionPtr = std::shared_ptr<TimedSocket>;

/// Closes a connection on every way out, cancellation included, unless it is kept.
class Closing {
  public:
    explicit Closing(ConnectionPtr connection) : connection_(std::move(connection)) {}
    Closing(Closing const&) = delete;
    Closing& operator=(Closing const&) = delete;
    ~Closing() {
        if (connection_) connection_->close();
    }
    TimedSocket& operator*() const { return *connection_; }
    [[nodiscard]] ConnectionPtr keep() { return std::move(connection_); }

  private:
    ConnectionPtr connection_;
};

std::string request_head(ClientRequest const& request, std::string const& user_agent) {
    constexpr std::array<std::string_view, 5> ours = {"Host", "Content-Length", "Connection",
                                                      "User-Agent", "Transfer-Encoding"};
    auto head =
        fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {}\r\n", verb_name(request.verb),
                    request.url.target, request.url.authority(), user_agent);
    for (auto const& [name, value] : request.headers.fields()) {
        if (is_among(ours, name) || !is_field_name(name) || !is_field_value(value)) continue;
        fmt::format_to(std::back_inserter(head), "{}: {}\r\n", name, value);
    }
    bool const may_have_body = request.verb != Verb::get && request.verb != Verb::head;
    if (may_have_body || !request.body.empty())
        fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", request.body.size());
    return head += "\r\n";
}

/// A kept connection should be silent: a byte or the end of file means that it is no good.
bool is_silent(tcp::socket& socket) {
    char byte = 0;
    auto const size = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace

struct Client::Impl {
    struct Kept {
        ConnectionPtr connection;
        TimePoint since;
    };

    Impl(asio::any_io_executor home, ClientOptions given)
        : executor(std::move(home)), options(std::move(given)) {
        if (!options.resolve) options.resolve = resolve_by_system;
    }

    asio::awaitable<Result<ClientResponse>> perform(ClientRequest const& request);
    asio::awaitable<AnswerOutcome> exchange(ConnectionPtr connection, ClientRequest const& request);
    asio::awaitable<Result<ConnectionPtr>> connect(Url url);
    asio::awaitable<Result<std::vector<IpAddress>>> addresses(std::string host);
    asio::awaitable<Result<void>> secure(TimedSocket& connection, Url const& url);
    ConnectionPtr take_kept(std::string const& origin);
    void keep(std::string const& origin, ConnectionPtr connection);

    asio::any_io_executor executor;
    ClientOptions options;
    std::map<std::string, Kept> kept;
};

asio::awaitable<Result<ClientResponse>> Client::Impl::perform(ClientRequest const& request) {
    auto const old = take_kept(request.url.origin());
    if (old) {
        auto answer = co_await exchange(old, request);
        if (answer) co_return std::move(answer->response);
        bool const closed = answer.error().error.code == boost::system::errc::connection_reset;
        if (!closed || !answer.error().nothing_came) co_return answer.error().error;
    }
    auto const connecting = Clock::now() + options.connect_timeout;
    auto connection = co_await async::with_deadline(connecting, connect(request.url));
    if (!connection) co_return within("cannot connect", connection.error());
    auto answer = co_await exchange(*connection, request);
    if (!answer) co_return answer.error().error;
    co_return std::move(answer->response);
}

asio::awaitable<AnswerOutcome> Client::Impl::exchange(ConnectionPtr connection,
                                                      ClientRequest const& request) {
    Closing closing(std::move(connection));
    auto const head = request_head(request, options.user_agent);
    auto const limit = request.timeout.value_or(options.request_timeout);
    auto const written = co_await (*closing).write(head, request.body, limit);
    if (written == asio::error::operation_aborted || written == asio::error::timed_out)
        co_return AnswerFailure{make_error(written, "the request could not be sent"), false};
    // A server may answer and close before it has read everything: look even after an error.
    (*closing).expires_at(TimePoint::max());
    auto answer = co_await read_response(*closing, options, request.verb == Verb::head);
    if (auto const why = (*closing).tls_failure(); !answer && !why.empty())
        co_return AnswerFailure{
            make_error(boost::system::errc::protocol_error, "TLS: " + std::string(why)), false};
    if (answer && answer->keep_alive && !written) keep(request.url.origin(), closing.keep());
    co_return answer;
}

asio::awaitable<Result<std::vector<IpAddress>>> Client::Impl::addresses(std::string host) {
    if (auto const literal = parse<IpAddress>(host)) co_return std::vector<IpAddress>{*literal};
    co_return co_await options.resolve(host);
}

/// Tries the addresses in order, each for its share of the time.
asio::awaitable<Result<ConnectionPtr>> Client::Impl::connect(Url url) {
    auto const deadline = Clock::now() + options.connect_timeout;
    auto const found = co_await addresses(url.host);
    if (!found) co_return found.error();
    Error last = make_error(boost::system::errc::host_unreachable, "no address for " + url.host);
    for (std::size_t i = 0; i < found->size(); ++i) {
        Closing closing(std::make_shared<TimedSocket>(executor));
        auto const now = Clock::now();
        (*closing).expires_at(now + (deadline - now) / static_cast<int>(found->size() - i));
        auto const& address = (*found)[i];
        auto const error = co_await (*closing).connect(tcp::endpoint(address, url.port));
        if (!error) {
            error_code ignored;
            (*closing).socket().set_option(tcp::no_delay(true), ignored);
            auto const ready = co_await secure(*closing, url);
            if (!ready) co_return ready.error();
            (*closing).expires_at(TimePoint::max());
            co_return closing.keep();
        }
        last = make_error(error, to_text(address));
        if (error == asio::error::operation_aborted) break;
    }
    co_return last;
}

/// Another address of the same name would be believed as little.
asio::awaitable<Result<void>> Client::Impl::secure(TimedSocket& connection, Url const& url) {
    if (!url.secure) co_return Result<void>();
    if (!options.tls) {
        auto trusting_the_system = TlsClient::open({});
        if (!trusting_the_system) co_return trusting_the_system.error();
        options.tls = std::move(*trusting_the_system);
    }
    auto session = options.tls->make_session(connection.socket().native_handle(), url.host);
    co_return co_await connection.shake_hands(std::move(session));
}

ConnectionPtr Client::Impl::take_kept(std::string const& origin) {
    auto const node = kept.extract(origin);
    if (node.empty()) return nullptr;
    auto const& [connection, since] = node.mapped();
    if (Clock::now() - since <= options.max_idle && is_silent(connection->socket()))
        return connection;
    connection->close();
    return nullptr;
}

void Client::Impl::keep(std::string const& origin, ConnectionPtr connection) {
    if (kept.contains(origin)) return connection->close();
    if (kept.size() >= options.max_kept_connections) {
        auto const oldest = std::min_element(
            kept.begin(), kept.end(),
            [](auto const& a, auto const& b) { return a.second.since < b.second.since; });
        if (oldest == kept.end()) return connection->close();
        oldest->second.connection->close();
        kept.erase(oldest);
    }
    connection->rest();
    kept.emplace(origin, Kept{std::move(connection), Clock::now()});
}

Client::Client(asio::any_io_executor executor, ClientOptions options)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(options))) {}

Client::~Client() {
    for (auto& [origin, kept] : impl_->kept)
        kept.connection->close();
}

asio::awaitable<Result<ClientResponse>> Client::request(ClientRequest request) {
    auto const limit = request.timeout.value_or(impl_->options.request_timeout);
    auto const deadline = Clock::now() + limit;
    auto result = co_await async::with_deadline(deadline, impl_->perform(request));
    if (!result) co_return within(request.url.origin(), result.error());
    co_return result;
}

}  // namespace dtrace::http
