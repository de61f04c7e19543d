#include "server/connection.hpp"

#include "server/request_reader.hpp"
#include "server/response_text.hpp"
#include "server/run_handler.hpp"
#include "server/send_stream.hpp"
#include "tls/tls_session.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/http/gzip.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace dtrace::http {

namespace asio = boost::asio;
namespace this_coro = boost::asio::this_coro;

namespace {

constexpr Duration drain_limit = seconds(1);

/// Smaller bodies are inflated faster than they are handed to another thread.
constexpr std::size_t worth_a_thread = 32 * 1024;

/// The messages of one connection; leaves when it ends.
class Connection {
  public:
    Connection(ServerContext& server, std::shared_ptr<TimedSocket> const& connection,
               IpAddress const& peer, asio::cancellation_signal& task)
        : server_(server),
          limits_(server.options.limits),
          connection_(connection),
          peer_(peer),
          task_(task) {}
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;
    ~Connection() {
        connection_->close();
        server_.admission.leave(peer_);
    }

    [[nodiscard]] bool is_tls() const { return server_.options.tls != nullptr; }
    [[nodiscard]] bool stopping() const { return server_.connections.stopping(); }

    /// With TLS, before everything else. False: there is nobody to talk to.
    asio::awaitable<bool> shake_hands() {
        co_await this_coro::reset_cancellation_state(asio::enable_total_cancellation());
        socket().expires_at(Clock::now() + limits_.handshake_timeout);
        auto session = server_.options.tls->make_session(socket().socket().native_handle());
        auto const shaken = co_await socket().shake_hands(std::move(session));
        co_await this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
        if (shaken) co_return true;
        ++server_.counters.tls_failures;
        server_.log.debug("TLS handshake failed",
                          {{"peer", to_text(peer_)}, {"reason", shaken.error().message}});
        co_return false;
    }

    /// Waits for a request and answers it. False: the connection ends.
    asio::awaitable<bool> answer_next() {
        bool const came = co_await wait_for_request();
        if (!came) co_return false;
        auto const started = Clock::now();
        auto const incoming = co_await receive(started);
        if (!incoming) co_return false;
        ++server_.counters.requests;
        auto const response = co_await run_handler(server_, task_, connection_, incoming->request);
        if (response) co_return co_await give(*response, *incoming, started);
        ++server_.counters.peer_left;
        if (server_.access_log) tell(entry_of(*incoming), started);
        co_return false;
    }

  private:
    TimedSocket& socket() { return *connection_; }

    /// The only place where the first signal ends a connection at once.
    asio::awaitable<bool> wait_for_request() {
        if (!ahead_.empty()) co_return true;
        co_await this_coro::reset_cancellation_state(asio::enable_total_cancellation());
        socket().expires_at(Clock::now() + limits_.idle_timeout);
        auto const error = co_await socket().wait_readable();
        co_await this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
        co_return !error && !server_.connections.cut_short();
    }

    /// True: another request may follow.
    asio::awaitable<bool> give(Response const& response, Incoming const& incoming,
                               TimePoint started) {
        AccessEntry entry;
        if (server_.access_log) entry = entry_of(incoming);
        bool const with_body = incoming.request.verb != Verb::head;
        bool go_on = incoming.keep_alive && !stopping();
        if (response.more && with_body) {
            co_await stream(response, incoming.http_1_0, entry);
            go_on = false;
        } else {
            ResponseShape const shape{.keep_alive = go_on, .http_1_0 = incoming.http_1_0};
            bool const sent = co_await send(response, shape, with_body, entry);
            go_on = go_on && sent;
        }
        tell(std::move(entry), started);
        co_return go_on;
    }

    [[nodiscard]] AccessEntry entry_of(Incoming const& incoming) const {
        auto const& request = incoming.request;
        AccessEntry entry;
        entry.peer = peer_;
        entry.verb = verb_name(request.verb);
        entry.path = request.path;
        entry.route = request.route;
        entry.request_bytes = incoming.body_bytes;
        entry.user_agent = request.headers.find("User-Agent").value_or("");
        return entry;
    }

    /// A request with its body inflated; or none, and then everything has been answered. On the
    /// heap, once: frames that wait for a handler are to be small.
    asio::awaitable<std::unique_ptr<Incoming>> receive(TimePoint started) {
        AccessEntry entry;
        entry.peer = peer_;
        auto outcome = co_await read_request(socket(), server_, entry, ahead_);
        if (auto* incoming = std::get_if<Incoming>(&outcome)) {
            incoming->request.peer = peer_;
            incoming->request.secure = socket().is_secure();
            auto const instead = co_await refuse_gzip(*incoming);
            if (instead) {
                co_await turn_away(*instead, std::move(entry), started);
                co_return nullptr;
            }
            auto refusal = co_await inflate(*incoming);
            if (!refusal) co_return std::make_unique<Incoming>(std::move(*incoming));
            outcome = *std::move(refusal);
        }
        if (auto* refusal = std::get_if<Refusal>(&outcome)) {
            count(refusal->status);
            auto response = problem(refusal->status, refusal->title, refusal->detail);
            if (refusal->status == 503) response.headers.set("Retry-After", "5");
            co_await turn_away(response, std::move(entry), started);
        } else if (entry.verb != "-") {
            ++server_.counters.peer_left;
            tell(std::move(entry), started);
        }
        co_return nullptr;
    }

    /// The last answer of the connection.
    asio::awaitable<void> turn_away(Response const& response, AccessEntry entry,
                                    TimePoint started) {
        ResponseShape const shape{.keep_alive = false};
        bool const sent = co_await send(response, shape, true, entry);
        tell(std::move(entry), started);
        if (sent) co_await socket().drain(drain_limit);
    }

    asio::awaitable<std::optional<Response>> refuse_gzip(Incoming const& incoming) {
        auto const& refuse = server_.options.refuse_gzip;
        if (!incoming.gzip || !refuse) co_return std::nullopt;
        co_return co_await refuse(incoming.request);
    }

    asio::awaitable<std::optional<Refusal>> inflate(Incoming& incoming) {
        if (!incoming.gzip) co_return std::nullopt;
        auto& body = incoming.request.body;
        // What there can never be room for will not be welcome later either.
        auto const limit = std::min(limits_.max_inflated_bytes, server_.bodies.most_of_sender());
        auto* const workers = server_.options.workers;
        Result<std::string> text = std::string();
        if (workers && body.size() >= worth_a_thread) {
            text =
                co_await async::offload(*workers, [&body, limit] { return gunzip(body, limit); });
        } else {
            text = gunzip(body, limit);
        }
        if (text) {
            body = *std::move(text);
            if (!incoming.held.resize(body.size())) co_return no_room(server_);
            co_return std::nullopt;
        }
        if (text.error().code == boost::system::errc::message_size)
            co_return Refusal{413, "Body too large", text.error().message};
        if (text.error().code == boost::system::errc::bad_message)
            co_return Refusal{400, "Bad request", text.error().message};
        co_return Refusal{503, "Overloaded", "try again later"};
    }

    void count(unsigned status) {
        auto& counters = server_.counters;
        if (status == 408) {
            ++counters.too_slow;
        } else if (status == 413) {
            ++counters.body_too_large;
        } else if (status == 431) {
            ++counters.header_too_large;
        } else if (status < 500) {
            ++counters.malformed;
        }
    }

    asio::awaitable<bool> send(Response const& response, ResponseShape shape, bool with_body,
                               AccessEntry& entry) {
        shape.secure = socket().is_secure();
        auto const head = response_head(response, shape);
        std::string_view const body =
            with_body && has_body(response.status) ? response.body : std::string_view();
        entry.status = response.status;
        entry.response_bytes = body.size();
        auto const error = co_await socket().write(head, body, limits_.write_timeout);
        if (error == asio::error::timed_out) ++server_.counters.write_timeouts;
        co_return !error;
    }

    asio::awaitable<void> stream(Response const& response, bool http_1_0, AccessEntry& entry) {
        entry.status = response.status;
        ResponseShape const shape{.keep_alive = false, .http_1_0 = http_1_0, .streamed = true};
        auto head = response_head(response, shape);
        entry.response_bytes =
            co_await send_stream(server_, task_, connection_, std::move(head), response, !http_1_0);
    }

    void tell(AccessEntry entry, TimePoint started) const {
        if (!server_.access_log) return;
        entry.time = wall_clock_now();
        entry.took = std::chrono::duration_cast<microseconds>(Clock::now() - started);
        server_.access_log(entry);
    }

    ServerContext& server_;
    ServerLimits const& limits_;
    std::shared_ptr<TimedSocket> const& connection_;
    IpAddress const& peer_;
    asio::cancellation_signal& task_;
    std::string ahead_;  ///< bytes of requests sent ahead
};

}  // namespace

asio::awaitable<void> serve_connection(std::shared_ptr<ServerContext> server,
                                       std::shared_ptr<TimedSocket> connection, IpAddress peer,
                                       asio::cancellation_signal& task) {
    Connection messages(*server, connection, peer, task);
    co_await this_coro::throw_if_cancelled(false);
    bool go_on = true;
    if (messages.is_tls()) go_on = co_await messages.shake_hands();
    while (go_on && !messages.stopping())
        go_on = co_await messages.answer_next();
}

}  // namespace dtrace::http
