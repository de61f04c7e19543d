#include "timed_socket.hpp"

#include "tls/tls_session.hpp"

#include <dtrace/async/use_result.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace dtrace::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using async::as_result;
using boost::system::error_code;

namespace {

/// What one TLS record holds at most.
constexpr std::size_t record_bytes = 16 * 1024;

tcp::socket::wait_type wait_type_of(TlsSession::Wait wait) {
    return wait == TlsSession::Wait::readable ? tcp::socket::wait_read : tcp::socket::wait_write;
}

bool is_cancelled(asio::cancellation_state const& state) {
    return state.cancelled() != asio::cancellation_type::none;
}

}  // namespace

TimedSocket::TimedSocket(tcp::socket connected)
    : socket_(std::move(connected)), timer_(socket_.get_executor()) {}

TimedSocket::TimedSocket(asio::any_io_executor const& executor)
    : socket_(executor), timer_(executor) {}

TimedSocket::~TimedSocket() = default;

void TimedSocket::expires_at(TimePoint deadline) {
    deadline_ = deadline;
    expired_ = false;
    schedule();
}

void TimedSocket::schedule() {
    if (deadline_ >= scheduled_) return;  // the timer fires earlier and then looks again
    scheduled_ = deadline_;
    timer_.expires_at(deadline_);
    timer_.async_wait([self = shared_from_this()](error_code error) {
        if (!error) self->on_timer();
    });
}

void TimedSocket::on_timer() {
    scheduled_ = TimePoint::max();
    if (Clock::now() < deadline_) return schedule();
    expired_ = true;
    deadline_ = TimePoint::max();
    error_code ignored;
    socket_.cancel(ignored);
}

error_code TimedSocket::outcome(error_code error) const {
    if (error == asio::error::operation_aborted && expired_) return asio::error::timed_out;
    return error;
}

asio::awaitable<error_code> TimedSocket::wait_readable() {
    auto const state = co_await asio::this_coro::cancellation_state;
    if (is_cancelled(state)) co_return asio::error::operation_aborted;
    if (tls_ && tls_->has_pending()) co_return error_code{};
    if (expired_) co_return asio::error::timed_out;
    auto const [error] = co_await socket_.async_wait(tcp::socket::wait_read, as_result);
    co_return outcome(error);
}

asio::awaitable<TimedSocket::Transfer> TimedSocket::read_some(asio::mutable_buffer buffer) {
    auto const state = co_await asio::this_coro::cancellation_state;
    if (is_cancelled(state)) co_return Transfer{asio::error::operation_aborted, 0};
    if (expired_) co_return Transfer{asio::error::timed_out, 0};
    if (tls_) co_return co_await read_tls(buffer);
    auto const [error, bytes] = co_await socket_.async_read_some(buffer, as_result);
    co_return Transfer{outcome(error), bytes};
}

asio::awaitable<error_code> TimedSocket::write(std::string_view head, std::string_view body,
                                               Duration limit) {
    constexpr std::size_t stretch = 64 * 1024;
    std::size_t in_stretch = stretch;
    auto const state = co_await asio::this_coro::cancellation_state;
    while (!head.empty() || !body.empty()) {
        if (is_cancelled(state)) co_return asio::error::operation_aborted;
        if (in_stretch >= stretch) {
            in_stretch = 0;
            expires_at(Clock::now() + limit);
        }
        auto const sent = co_await write_some(head, body.substr(0, stretch));
        if (sent.error) co_return sent.error;
        if (expired_) co_return asio::error::timed_out;
        in_stretch += sent.bytes;
        auto const of_head = std::min(sent.bytes, head.size());
        head.remove_prefix(of_head);
        body.remove_prefix(sent.bytes - of_head);
    }
    co_return error_code{};
}

asio::awaitable<TimedSocket::Transfer> TimedSocket::write_some(std::string_view head,
                                                               std::string_view body) {
    if (tls_ && head.empty()) co_return co_await write_tls(body);
    if (tls_) {
        // One record for a head and a small body.
        std::string const both = std::string(head) += body.substr(0, record_bytes);
        co_return co_await write_tls(both);
    }
    std::array<asio::const_buffer, 2> const buffers{asio::buffer(head), asio::buffer(body)};
    auto const [error, bytes] = co_await socket_.async_write_some(buffers, as_result);
    co_return Transfer{outcome(error), bytes};
}

asio::awaitable<error_code> TimedSocket::wait_for(tcp::socket::wait_type what) {
    auto const state = co_await asio::this_coro::cancellation_state;
    if (is_cancelled(state)) co_return asio::error::operation_aborted;
    if (expired_) co_return asio::error::timed_out;
    auto const [error] = co_await socket_.async_wait(what, as_result);
    co_return outcome(error);
}

asio::awaitable<TimedSocket::Transfer> TimedSocket::read_tls(asio::mutable_buffer buffer) {
    for (;;) {
        auto const step = tls_->read(buffer);
        if (step.wait == TlsSession::Wait::no) co_return Transfer{step.error, step.bytes};
        auto const error = co_await wait_for(wait_type_of(step.wait));
        if (error) co_return Transfer{error, 0};
    }
}

asio::awaitable<TimedSocket::Transfer> TimedSocket::write_tls(std::string_view text) {
    for (;;) {
        auto const step = tls_->write(asio::buffer(text));
        if (step.wait == TlsSession::Wait::no) co_return Transfer{step.error, step.bytes};
        auto const error = co_await wait_for(wait_type_of(step.wait));
        if (error) co_return Transfer{error, 0};
    }
}

asio::awaitable<Result<void>> TimedSocket::shake_hands(std::unique_ptr<TlsSession> session) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
    tls_ = std::move(session);
    for (;;) {
        auto const step = tls_->handshake();
        if (step.error)
            co_return make_error(boost::system::errc::protocol_error, "TLS: " + tls_->failure());
        if (step.wait == TlsSession::Wait::no) co_return Result<void>();
        auto const error = co_await wait_for(wait_type_of(step.wait));
        if (error) co_return make_error(error, "TLS handshake");
    }
}

std::string_view TimedSocket::tls_failure() const {
    return tls_ ? std::string_view(tls_->failure()) : std::string_view();
}

asio::awaitable<error_code> TimedSocket::connect(tcp::endpoint endpoint) {
    auto const [error] = co_await socket_.async_connect(endpoint, as_result);
    co_return outcome(error);
}

asio::awaitable<void> TimedSocket::drain(Duration limit) {
    error_code ignored;
    if (tls_) tls_->say_goodbye();
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    expires_at(Clock::now() + limit);
    std::vector<char> trash(16 * 1024);
    for (std::size_t left = 1024 * 1024; left > 0;) {
        auto const read = co_await read_some(asio::buffer(trash));
        if (read.error) break;
        left -= std::min(left, read.bytes);
    }
}

void TimedSocket::rest() {
    deadline_ = TimePoint::max();
    scheduled_ = TimePoint::max();
    timer_.cancel();
}

void TimedSocket::close() {
    rest();
    error_code ignored;
    if (tls_ && socket_.is_open()) tls_->say_goodbye();
    socket_.close(ignored);
}

}  // namespace dtrace::http
