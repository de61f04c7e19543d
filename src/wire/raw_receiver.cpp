#include "raw_receiver.hpp"

#include "raw_socket.hpp"

#include <dtrace/core/log.hpp>

#include <netinet/in.h>

#include <algorithm>
#include <array>

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

/// Said once: the limit is the same for all.
void check_buffers(std::vector<Inlet> const& inlets, int asked, Logger& log) {
    int granted = asked;
    for (auto const& inlet : inlets)
        granted = std::min(granted, inlet.buffer_granted());
    if (granted < asked)
        log.warn("receive buffer smaller than asked for: bursts of replies may be lost",
                 {{"asked", asked},
                  {"granted", granted},
                  {"raise", "sysctl net.core.rmem_max, or CAP_NET_ADMIN"}});
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
    check_buffers(inlets, options.receive_buffer, log);
    auto ready = ReadySet::open(std::move(executor));
    if (!ready) return ready.error();
    for (std::size_t i = 0; i < inlets.size(); ++i)
        if (auto added = ready->add(inlets[i].descriptor(), EPOLLIN, i); !added)
            return added.error();
    return std::unique_ptr<RawReceiver>(new RawReceiver(std::move(*ready), std::move(inlets)));
}

RawReceiver::RawReceiver(ReadySet ready, std::vector<Inlet> inlets)
    : inlets_(std::move(inlets)), ready_(std::move(ready)) {}

asio::awaitable<Result<Arrivals>> RawReceiver::receive() {
    for (;;) {
        if (!more_) {
            auto const waited = co_await ready_.wait();
            if (waited.has_error()) co_return waited.error();
        }
        auto arrivals = take();
        if (!arrivals || !arrivals->packets.empty()) co_return arrivals;
    }
}

Result<Arrivals> RawReceiver::take() {
    auto const events = ready_.look();
    if (!events) return events.error();
    for (epoll_event const& event : *events)
        if (auto done = inlets_[event.data.u64].read(); !done) return done.error();

    clock_.sample();
    packets_.clear();
    Arrivals arrivals;
    more_ = false;
    for (epoll_event const& event : *events) {
        Inlet& inlet = inlets_[event.data.u64];
        more_ = more_ || inlet.batch_was_full();
        inlet.append_to(packets_, clock_);
        arrivals.dropped += inlet.take_dropped();
    }
    arrivals.packets = packets_;
    return arrivals;
}

}  // namespace dtrace::wire
