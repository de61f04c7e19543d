#include "hearing/hearing.hpp"

#include <dtrace/async/use_result.hpp>
#include <dtrace/packet/decode_request.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

namespace dtrace::probe {

namespace asio = boost::asio;

asio::awaitable<void> Hearing::run() {
    co_await asio::this_coro::throw_if_cancelled(false);
    auto const executor = co_await asio::this_coro::executor;
    auto const state = co_await asio::this_coro::cancellation_state;
    listening_ = true;
    while (state.cancelled() == asio::cancellation_type::none) {
        auto const arrivals = co_await listener_.receive();
        if (arrivals.has_error()) {
            if (arrivals.error().code != asio::error::operation_aborted)
                log_.error("one-way counts ended: listening failed",
                           {{"error", arrivals.error().message}});
            break;
        }
        take_in(*arrivals, Clock::now());
        // The next batch may be there without waiting: others on this thread have their turn.
        co_await asio::post(executor, async::as_result);
    }
    listening_ = false;
}

void Hearing::take_in(wire::Arrivals const& arrivals, TimePoint now) {
    for (auto const& packet : arrivals.packets) {
        auto flow = packet::decode_request({.bytes = packet.bytes,
                                            .protocol = packet.protocol,
                                            .source = packet.source,
                                            .hop_limit = packet.hop_limit,
                                            .traffic_class = packet.traffic_class,
                                            .received = packet.received});
        if (!flow) continue;
        if (flow->destination.is_v6()) flow->destination = packet.destination;
        heard_.hear(*flow, packet.received, now);
    }
    if (arrivals.dropped > 0) heard_.miss(now);
}

void Hearing::tell(Trace& trace, TimePoint now) {
    if (!listening_ || !trace.source || !trace.target.address) return;
    trace.heard = heard_.take(*trace.source, *trace.target.address, now);
}

}  // namespace dtrace::probe
