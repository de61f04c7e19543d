#include "field_syntax.hpp"
#include "server/request_reader.hpp"

#include <dtrace/core/peer_address.hpp>
#include <dtrace/http/target.hpp>

#include <boost/asio/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace dtrace::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

namespace {

constexpr std::size_t header_step = 4 * 1024;  // with a small body: one read for all
constexpr std::size_t body_step = 64 * 1024;

std::string_view text_of(beast::string_view text) {
    return {text.data(), text.size()};
}

/// What ends the reading: a refusal, or the peer's leaving.
using Stop = std::variant<Refusal, PeerLeft>;

Refusal too_large() {
    return {413, "Body too large", "the body is larger than allowed here"};
}

Stop stop_for_parse_error(error_code failure) {
    using beast::http::error;
    if (failure == error::header_limit)
        return Refusal{431, "Header too large", "the header is larger than allowed here"};
    if (failure == error::body_limit || failure == error::buffer_overflow) return too_large();
    return Refusal{400, "Bad request", "this is not valid HTTP: " + failure.message()};
}

class RequestReader {
  public:
    RequestReader(TimedSocket& connection, ServerContext& server, AccessEntry& entry)
        : connection_(connection), server_(server), limits_(server.options.limits), entry_(entry) {
        parser_.header_limit(static_cast<std::uint32_t>(limits_.max_header_bytes));
        parser_.body_limit(boost::none);  // after the header, when the log can name the path
    }

    asio::awaitable<ReadOutcome> read(std::string& ahead) {
        append(std::exchange(ahead, {}));
        if (auto stop = co_await read_header()) co_return as_outcome(*std::move(stop));
        if (auto refusal = take_header()) co_return *std::move(refusal);
        if (auto stop = co_await read_body()) co_return as_outcome(*std::move(stop));
        connection_.expires_at(TimePoint::max());
        incoming_.request.body = std::move(parser_.get().body());
        incoming_.body_bytes = incoming_.request.body.size();
        auto const rest = buffer_.cdata();
        ahead.assign(static_cast<char const*>(rest.data()), rest.size());
        co_return std::move(incoming_);
    }

  private:
    static ReadOutcome as_outcome(Stop stop) {
        return std::visit([](auto reason) -> ReadOutcome { return reason; }, std::move(stop));
    }

    void append(std::string_view bytes) {
        asio::buffer_copy(buffer_.prepare(bytes.size()), asio::buffer(bytes));
        buffer_.commit(bytes.size());
    }

    asio::awaitable<std::optional<Stop>> read_header() {
        connection_.expires_at(Clock::now() + limits_.header_timeout);
        parser_.eager(false);
        while (true) {
            skip_empty_lines();
            error_code error;
            if (buffer_.size() > 0) buffer_.consume(parser_.put(buffer_.cdata(), error));
            if (error && error != beast::http::error::need_more)
                co_return stop_for_parse_error(error);
            if (parser_.is_header_done()) co_return std::nullopt;
            if (auto stop = co_await read_more(header_step)) co_return stop;
        }
    }

    /// Tolerated before a request line (RFC 9112 § 2.2).
    void skip_empty_lines() {
        if (parser_.got_some()) return;
        auto const text = buffer_.cdata();
        auto const* bytes = static_cast<char const*>(text.data());
        std::size_t count = 0;
        while (count < text.size() && (bytes[count] == '\r' || bytes[count] == '\n'))
            ++count;
        buffer_.consume(count);
    }

    asio::awaitable<std::optional<Stop>> read_body() {
        if (parser_.is_done()) co_return std::nullopt;
        auto const start = Clock::now();
        std::size_t const in_header = received_;
        if (expects_continue_ && buffer_.size() == 0) {
            auto const error = co_await connection_.write("HTTP/1.1 100 Continue\r\n\r\n", "",
                                                          limits_.write_timeout);
            if (error) co_return PeerLeft{};
        }
        parser_.eager(true);
        while (true) {
            error_code error;
            if (buffer_.size() > 0) buffer_.consume(parser_.put(buffer_.cdata(), error));
            if (error && error != beast::http::error::need_more)
                co_return stop_for_parse_error(error);
            entry_.request_bytes = parser_.get().body().size();
            if (!incoming_.held.resize(parser_.get().body().size())) co_return no_room(server_);
            if (parser_.is_done()) co_return std::nullopt;
            connection_.expires_at(body_deadline(start, received_ - in_header, limits_));
            auto const left = parser_.content_length_remaining().value_or(body_step);
            auto const step = static_cast<std::size_t>(std::min<std::uint64_t>(left, body_step));
            if (auto stop = co_await read_more(step)) co_return stop;
        }
    }

    asio::awaitable<std::optional<Stop>> read_more(std::size_t step) {
        // Only lines stay in the buffer; one that does not end is an attack.
        if (buffer_.size() > limits_.max_header_bytes)
            co_return stop_for_parse_error(beast::http::error::header_limit);
        auto const read = co_await connection_.read_some(buffer_.prepare(step));
        buffer_.commit(read.bytes);
        received_ += read.bytes;
        if (!read.error) co_return std::nullopt;
        bool const began = parser_.got_some() || buffer_.size() > 0;
        if (read.error == asio::error::timed_out && began)
            co_return Refusal{408, "Request timeout", "the request came too slowly"};
        co_return PeerLeft{};
    }

    /// Checks the header and fills `incoming_` with it. Later fields (trailers) are ignored.
    std::optional<Refusal> take_header() {
        auto const& message = parser_.get();
        incoming_.http_1_0 = message.version() == 10;
        incoming_.keep_alive = parser_.keep_alive();
        entry_.verb = text_of(message.method_string());
        auto const target = text_of(message.target());
        entry_.path = target.substr(0, target.find('?'));

        std::size_t hosts = 0;
        std::size_t count = 0;
        for (auto const& field : message) {
            if (++count > limits_.max_header_fields)
                return Refusal{431, "Header too large", "the header has too many fields"};
            if (field.name() == beast::http::field::host) ++hosts;
            add_header(text_of(field.name_string()), text_of(field.value()));
        }
        auto const agent = incoming_.request.headers.find("User-Agent").value_or("");
        entry_.user_agent = agent;
        if (hosts > 1 || (hosts == 0 && !incoming_.http_1_0))
            return Refusal{400, "Bad request", "a request needs exactly one Host"};
        return take_meaning(target);
    }

    std::optional<Refusal> take_meaning(std::string_view raw_target) {
        auto& request = incoming_.request;
        auto const verb = find_verb(text_of(parser_.get().method_string()));
        if (!verb) return Refusal{501, "Not implemented", "this method is not known here"};
        request.verb = *verb;
        auto target = parse_target(raw_target);
        if (!target) return Refusal{400, "Bad request", target.error().message};
        request.path = std::move(target->path);
        request.query = std::move(target->query);

        auto const transfer = request.headers.find("Transfer-Encoding");
        if (transfer && (!same_field_name(*transfer, "chunked") || incoming_.http_1_0))
            return Refusal{501, "Not implemented", "the only transfer coding here is chunked"};
        auto const coding = request.headers.find("Content-Encoding").value_or("identity");
        incoming_.gzip = same_field_name(coding, "gzip") || same_field_name(coding, "x-gzip");
        if (!incoming_.gzip && !same_field_name(coding, "identity"))
            return Refusal{415, "Unsupported media type", "the only content coding here is gzip"};
        if (auto refusal = find_room()) return refusal;
        if (auto const expected = request.headers.find("Expect")) {
            if (!same_field_name(*expected, "100-continue"))
                return Refusal{417, "Expectation failed", "only 100-continue may be expected"};
            expects_continue_ = !incoming_.http_1_0;
        }
        return std::nullopt;
    }

    std::optional<Refusal> find_room() {
        auto const length = parser_.content_length().value_or(0);
        if (length == 0 && !parser_.chunked()) return std::nullopt;
        auto const& request = incoming_.request;
        auto const limit =
            server_.router.body_limit(request.verb, request.path, limits_.max_body_bytes);
        if (length > limit) return too_large();
        parser_.body_limit(limit);
        auto const sender = sender_of();
        if (!server_.bodies.has_room(sender, std::max<std::size_t>(length, 1)))
            return no_room(server_);
        incoming_.held = BodyBudget::Share(server_.bodies, sender);
        return std::nullopt;
    }

    [[nodiscard]] Sender sender_of() const {
        if (auto const& ask = server_.options.sender_of)
            if (auto name = ask(incoming_.request)) return *std::move(name);
        return host_network(entry_.peer);
    }

    /// Equal names become one list (RFC 9110 § 5.3).
    void add_header(std::string_view name, std::string_view value) {
        auto const before = incoming_.request.headers.find(name);
        std::string joined = before ? std::string(*before) + ", " : std::string();
        incoming_.request.headers.set(name, joined += value);
    }

    TimedSocket& connection_;
    ServerContext& server_;
    ServerLimits const& limits_;
    AccessEntry& entry_;
    beast::flat_buffer buffer_;
    beast::http::request_parser<beast::http::string_body> parser_;
    Incoming incoming_;
    std::size_t received_ = 0;
    bool expects_continue_ = false;
};

}  // namespace

Refusal no_room(ServerContext& server) {
    ++server.counters.no_room_for_body;
    return {503, "Overloaded", "too much is being sent at once; try again later"};
}

asio::awaitable<ReadOutcome> read_request(TimedSocket& connection, ServerContext& server,
                                          AccessEntry& entry, std::string& ahead) {
    RequestReader reader(connection, server, entry);
    co_return co_await reader.read(ahead);
}

}  // namespace dtrace::http
