#include "raw/raw_receiver.hpp"

#include "raw_socket.hpp"

#include <dtrace/core/log.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace dtrace::wire {

namespace asio = boost::asio;

namespace {

struct Kind {
    Family family;
    std::uint8_t protocol;
};
/// Replies never come as UDP: those kinds are last.
constexpr std::array<Kind, 6> kinds{{{Family::ipv4, IPPROTO_ICMP},
                                     {Family::ipv4, IPPROTO_TCP},
                                     {Family::ipv6, IPPROTO_ICMPV6},
                                     {Family::ipv6, IPPROTO_TCP},
                                     {Family::ipv4, IPPROTO_UDP},
                                     {Family::ipv6, IPPROTO_UDP}}};
constexpr std::size_t kinds_of_reply = 4;

}  // namespace

/// Said once: the limit is the same for all.
void RawReceiver::check_buffers(std::vector<Source> const& sources, int asked, Logger& log) {
    int granted = asked;
    for (auto const& source : sources)
        granted = std::min(granted, source.inlet.buffer_granted());
    if (granted < asked)
        log.warn("receive buffer smaller than asked for: bursts of replies may be lost",
                 {{"asked", asked},
                  {"granted", granted},
                  {"raise", "sysctl net.core.rmem_max, or CAP_NET_ADMIN"}});
}

Result<std::unique_ptr<RawReceiver>> RawReceiver::open(asio::any_io_executor executor, Hears hears,
                                                       RawWireOptions const& options, Logger& log) {
    std::vector<Source> sources;
    bool const replies = hears == Hears::replies;
    for (auto [family, protocol] :
         std::span(kinds).first(replies ? kinds_of_reply : kinds.size())) {
        auto inlet = Inlet::open(family, protocol, hears, options, log);
        if (inlet)
            sources.push_back({.inlet = std::move(*inlet)});
        else if (!is_missing_family(inlet.error()))
            return inlet.error();
    }
    if (replies) check_buffers(sources, options.receive_buffer, log);
    auto ready = ReadySet::open(std::move(executor));
    if (!ready) return ready.error();
    return std::unique_ptr<RawReceiver>(new RawReceiver(std::move(*ready), std::move(sources)));
}

RawReceiver::RawReceiver(ReadySet ready, std::vector<Source> sources)
    : sources_(std::move(sources)), ready_(std::move(ready)) {}

asio::awaitable<Result<Arrivals>> RawReceiver::receive() {
    for (;;) {
        auto const waited = co_await wait();
        if (waited.has_error()) co_return waited.error();
        auto arrivals = take();
        if (!arrivals || !arrivals->packets.empty()) co_return arrivals;
    }
}

asio::awaitable<Result<void>> RawReceiver::wait() {
    last_ = std::exchange(next_, Next::when_ready);
    switch (last_) {
        case Next::at_once:
            break;
        case Next::after_the_others:
            co_await asio::post(ready_.executor(), asio::use_awaitable);
            break;
        case Next::when_ready:
            if (auto watched = watch_all(); !watched) co_return watched.error();
            co_return co_await ready_.wait();
    }
    co_return Result<void>();
}

Result<void> RawReceiver::watch_all() {
    for (std::size_t i = 0; i < sources_.size(); ++i) {
        Source& source = sources_[i];
        if (source.watched) continue;
        if (auto added = ready_.add(source.inlet.descriptor(), EPOLLIN, i); !added) return added;
        source.watched = true;
    }
    return {};
}

/// Each from whom something can have come.
Result<void> RawReceiver::read_all() {
    auto const events = ready_.look();
    if (!events) return events.error();
    for (Source& source : sources_)
        source.was_read = !source.watched;
    for (epoll_event const& event : *events)
        sources_[event.data.u64].was_read = true;
    for (Source& source : sources_)
        if (source.was_read)
            if (auto done = source.inlet.read(); !done) return done;
    return {};
}

/// Leaves alone what is watched: receive() may be waiting for it.
Result<Arrivals> RawReceiver::look() {
    for (Source& source : sources_)
        if (auto done = source.inlet.read_with_losses(); !done) return done.error();
    clock_.sample();
    packets_.clear();
    Arrivals arrivals;
    for (Source& source : sources_) {
        source.inlet.append_to(packets_, clock_);
        arrivals.dropped += source.inlet.take_dropped();
    }
    arrivals.packets = packets_;
    return arrivals;
}

Result<Arrivals> RawReceiver::take() {
    if (auto done = read_all(); !done) return done.error();
    clock_.sample();
    packets_.clear();
    Arrivals arrivals;
    bool more = false;
    bool busy = last_ == Next::at_once;
    for (Source& source : sources_) {
        if (!source.was_read) continue;
        if (source.inlet.batch_was_full()) more = true;
        if (source.watched && source.inlet.batch_was_large() &&
            ready_.remove(source.inlet.descriptor()))
            source.watched = false;
        auto const before = packets_.size();
        source.inlet.append_to(packets_, clock_);
        busy = busy || (!source.watched && packets_.size() > before);
        arrivals.dropped += source.inlet.take_dropped();
    }
    next_ = more ? Next::at_once : busy ? Next::after_the_others : Next::when_ready;
    arrivals.packets = packets_;
    return arrivals;
}

}  // namespace dtrace::wire
