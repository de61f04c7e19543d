#include "raw_receiver.hpp"

#include "raw_socket.hpp"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <netinet/in.h>
#include <sys/epoll.h>

#include <array>
#include <cerrno>

namespace dtrace::wire {

namespace asio = boost::asio;

namespace {

struct Kind {
    Family family;
    std::uint8_t protocol;
};
constexpr std::array<Kind, 4> kinds{{{Family::ipv4, IPPROTO_ICMP},
                                     {Family::ipv4, IPPROTO_TCP},
                                     {Family::ipv6, IPPROTO_ICMPV6},
                                     {Family::ipv6, IPPROTO_TCP}}};

Result<Descriptor> watch(std::vector<Inlet> const& inlets) {
    Descriptor epoll(epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) return errno_error("cannot wait for raw sockets");
    for (std::size_t i = 0; i < inlets.size(); ++i) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = i;
        if (epoll_ctl(epoll.get(), EPOLL_CTL_ADD, inlets[i].descriptor(), &event) < 0)
            return errno_error("cannot wait for raw sockets");
    }
    return epoll;
}

}  // namespace

Result<std::unique_ptr<RawReceiver>> RawReceiver::open(asio::any_io_executor executor,
                                                       RawWireOptions const& options, Logger& log) {
    std::vector<Inlet> inlets;
    for (auto [family, protocol] : kinds) {
        auto inlet = Inlet::open(family, protocol, options, log);
        if (inlet)
            inlets.push_back(std::move(*inlet));
        else if (!is_missing_family(inlet.error()))
            return inlet.error();
    }
    auto epoll = watch(inlets);
    if (!epoll) return epoll.error();
    return std::unique_ptr<RawReceiver>(
        new RawReceiver(std::move(executor), std::move(*epoll), std::move(inlets)));
}

RawReceiver::RawReceiver(asio::any_io_executor executor, Descriptor epoll,
                         std::vector<Inlet> inlets)
    : inlets_(std::move(inlets)), readable_(std::move(executor), epoll.release()) {
    packets_.reserve(inlets_.size() * Inlet::batch);
}

asio::awaitable<Result<Arrivals>> RawReceiver::receive() {
    auto const state = co_await asio::this_coro::cancellation_state;
    for (;;) {
        if (state.cancelled() != asio::cancellation_type::none)
            co_return make_error(asio::error::operation_aborted, "receiving");
        boost::system::error_code code;
        co_await readable_.async_wait(asio::posix::stream_descriptor::wait_read,
                                      asio::redirect_error(asio::use_awaitable, code));
        if (code) co_return make_error(code, "receiving");
        auto arrivals = take();
        if (!arrivals || !arrivals->packets.empty()) co_return arrivals;
    }
}

Result<Arrivals> RawReceiver::take() {
    std::array<epoll_event, kinds.size()> ready;
    int const count =
        epoll_wait(readable_.native_handle(), ready.data(), static_cast<int>(ready.size()), 0);
    if (count < 0 && errno != EINTR) return errno_error("cannot wait for raw sockets");

    auto const events = std::span(ready).first(static_cast<std::size_t>(std::max(count, 0)));
    for (epoll_event const& event : events)
        if (auto done = inlets_[event.data.u64].read(); !done) return done.error();

    clock_.sample();
    packets_.clear();
    Arrivals arrivals;
    for (epoll_event const& event : events) {
        Inlet& inlet = inlets_[event.data.u64];
        inlet.append_to(packets_, clock_);
        arrivals.dropped += inlet.take_dropped();
    }
    arrivals.packets = packets_;
    return arrivals;
}

}  // namespace dtrace::wire
