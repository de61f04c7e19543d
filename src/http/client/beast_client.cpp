#include "client/response_reader.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <optional>
#include <utility>

namespace dtrace::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

namespace {

using Parser = beast::http::response_parser<beast::http::string_body>;

constexpr std::size_t read_step = 16 * 1024;
constexpr int max_interim = 10;

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

Error parse_error(error_code failure) {
    using beast::http::error;
    namespace errc = boost::system::errc;
    if (failure == error::header_limit || failure == error::body_limit ||
        failure == error::buffer_overflow)
        return make_error(errc::message_size, "the answer is larger than allowed");
    return make_error(errc::bad_message, "the answer is not valid HTTP: " + failure.message());
}

class ResponseReader {
  public:
    ResponseReader(TimedSocket& connection, ClientOptions const& options)
        : connection_(connection), options_(options) {}

    asio::awaitable<AnswerOutcome> read(bool to_head) {
        for (int interim = 0; interim < max_interim; ++interim) {
            parser_.emplace();
            parser_->header_limit(static_cast<std::uint32_t>(options_.max_header_bytes));
            parser_->body_limit(options_.max_response_bytes);
            if (to_head) parser_->skip(true);
            if (auto failure = co_await parse_message()) co_return *std::move(failure);
            if (parser_->get().result_int() >= 200) co_return take_answer();
        }
        co_return failed(parse_error(beast::http::error::bad_status));
    }

  private:
    AnswerFailure failed(Error error) const { return {std::move(error), received_ == 0}; }

    asio::awaitable<std::optional<AnswerFailure>> parse_message() {
        parser_->eager(true);
        while (true) {
            error_code error;
            if (buffer_.size() > 0) buffer_.consume(parser_->put(buffer_.cdata(), error));
            if (error && error != beast::http::error::need_more)
                co_return failed(parse_error(error));
            if (parser_->is_done()) co_return std::nullopt;
            if (buffer_.size() > options_.max_header_bytes)
                co_return failed(parse_error(beast::http::error::header_limit));
            auto const read = co_await connection_.read_some(buffer_.prepare(read_step));
            buffer_.commit(read.bytes);
            received_ += read.bytes;
            if (read.error == asio::error::eof && received_ > 0 && buffer_.size() == 0) {
                parser_->put_eof(error);  // a body may end with the connection
                if (!error && parser_->is_done()) co_return std::nullopt;
            }
            if (read.error) co_return failed(read_error(read.error));
        }
    }

    static Error read_error(error_code error) {
        if (error == asio::error::eof || error == asio::error::connection_reset)
            return make_error(boost::system::errc::connection_reset,
                              "the connection was closed before the whole answer came");
        return make_error(error, "no answer");
    }

    Answer take_answer() {
        auto& message = parser_->get();
        Answer answer;
        answer.keep_alive = parser_->keep_alive() && buffer_.size() == 0;
        answer.response.status = message.result_int();
        for (auto const& field : message)
            answer.response.headers.set(view(field.name_string()),
                                        std::string(view(field.value())));
        answer.response.body = std::move(message.body());
        return answer;
    }

    TimedSocket& connection_;
    ClientOptions const& options_;
    beast::flat_buffer buffer_;
    std::optional<Parser> parser_;
    std::size_t received_ = 0;
};

}  // namespace

void throw_exception_from_error(AnswerFailure const& failure, boost::source_location const& where) {
    dtrace::throw_exception_from_error(failure.error, where);
}

asio::awaitable<AnswerOutcome> read_response(TimedSocket& connection, ClientOptions const& options,
                                             bool to_head) {
    ResponseReader reader(connection, options);
    co_return co_await reader.read(to_head);
}

}  // namespace dtrace::http
