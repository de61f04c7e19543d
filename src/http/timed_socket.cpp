#include "timed_socket.hpp"

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

bool is_cancelled(asio::cancellation_state const& state) {
    return state.cancelled() != asio::cancellation_type::none;
}

}  // namespace

TimedSocket::TimedSocket(tcp::socket connected)
    : socket_(std::move(connected)), timer_(socket_.get_executor()) {}

TimedSocket::TimedSocket(asio::any_io_executor const& executor)
    : socket_(executor), timer_(executor) {}

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
    if (expired_) co_return asio::error::timed_out;
    auto const [error] = co_await socket_.async_wait(tcp::socket::wait_read, as_result);
    co_return outcome(error);
}

asio::awaitable<TimedSocket::Transfer> TimedSocket::read_some(asio::mutable_buffer buffer) {
    auto const state = co_await asio::this_coro::cancellation_state;
    if (is_cancelled(state)) co_return Transfer{asio::error::operation_aborted, 0};
    if (expired_) co_return Transfer{asio::error::timed_out, 0};
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
        std::array<asio::const_buffer, 2> const buffers{asio::buffer(head),
                                                        asio::buffer(body.substr(0, stretch))};
        auto const [error, bytes] = co_await socket_.async_write_some(buffers, as_result);
        if (error) co_return outcome(error);
        if (expired_) co_return asio::error::timed_out;
        in_stretch += bytes;
        auto const of_head = std::min(bytes, head.size());
        head.remove_prefix(of_head);
        body.remove_prefix(bytes - of_head);
    }
    co_return error_code{};
}

asio::awaitable<error_code> TimedSocket::connect(tcp::endpoint endpoint) {
    auto const [error] = co_await socket_.async_connect(endpoint, as_result);
    co_return outcome(error);
}

asio::awaitable<void> TimedSocket::drain(Duration limit) {
    error_code ignored;
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
    socket_.close(ignored);
}

}  // namespace dtrace::http
