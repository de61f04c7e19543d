#include "server/peer_watch.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace dtrace::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

enum class Peer { silent, sent_ahead, gone };

Peer look_at(int descriptor) {
    pollfd poll_for{.fd = descriptor, .events = POLLRDHUP, .revents = 0};
    if (::poll(&poll_for, 1, 0) > 0) return Peer::gone;
    char byte = 0;
    auto const size = ::recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (size > 0) return Peer::sent_ahead;
    bool const nothing = size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    return nothing ? Peer::silent : Peer::gone;
}

}  // namespace

PeerWatch::PeerWatch(std::shared_ptr<TimedSocket> connection, asio::cancellation_signal& task)
    : connection_(std::move(connection)), task_(&task) {}

void PeerWatch::start() {
    wait();
}

void PeerWatch::stop() {
    if (!task_) return;
    task_ = nullptr;
    if (timer_) timer_->cancel();
    error_code ignored;
    connection_->socket().cancel(ignored);
}

void PeerWatch::interrupt() {
    if (task_) task_->emit(asio::cancellation_type::total);
}

void PeerWatch::wait() {
    connection_->socket().async_wait(asio::ip::tcp::socket::wait_read,
                                     [self = shared_from_this()](error_code error) {
                                         if (!error) self->look();
                                     });
}

void PeerWatch::look() {
    if (!task_) return;
    switch (look_at(connection_->socket().native_handle())) {
        case Peer::silent:
            return wait();
        case Peer::sent_ahead:
            timer_ = std::make_unique<asio::steady_timer>(connection_->socket().get_executor(),
                                                          seconds(1));
            timer_->async_wait([self = shared_from_this()](error_code error) {
                if (!error) self->look();
            });
            return;
        case Peer::gone:
            peer_left_ = true;
            return interrupt();
    }
}

}  // namespace dtrace::http
