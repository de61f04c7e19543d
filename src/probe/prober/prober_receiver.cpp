#include "prober/live_round.hpp"

#include <dtrace/async/use_result.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace dtrace::probe {

namespace asio = boost::asio;

namespace {
/// While replies are queued, the wire gives the next batch without waiting. So many batches, more
/// than one turn of the sender can cause, and then everybody else on this thread has a turn.
constexpr int batches_in_a_row = 8;
}  // namespace

asio::awaitable<void> Prober::run_receiver() {
    co_await asio::this_coro::throw_if_cancelled(false);
    int in_a_row = 0;
    auto const state = co_await asio::this_coro::cancellation_state;
    while (state.cancelled() == asio::cancellation_type::none) {
        auto const arrivals = co_await wire_.receive();
        if (arrivals.has_error()) {
            if (arrivals.error().code != asio::error::operation_aborted)
                log_.error("receiving failed", {{"error", arrivals.error().message}});
            co_return;
        }
        for (auto const& packet : arrivals->packets)
            on_packet(packet);
        if (arrivals->dropped > 0) {
            counters_.receiver_dropped += arrivals->dropped;
            for (LiveRound* const live : rounds_)
                if (live) live->round.on_receiver_drop(arrivals->dropped);
        }
        wake_sender();
        if (++in_a_row < batches_in_a_row) continue;
        in_a_row = 0;
        co_await asio::post(executor_, async::as_result);
    }
}

void Prober::on_packet(Datagram const& packet) {
    auto const reply = packet::decode_reply(packet);
    if (!reply) return;
    bool delivered = false;
    if (auto const owner = router_.find(reply->flow)) {
        delivered = deliver(*reply, *owner, false);
    } else {
        auto const candidates = router_.find_translated(reply->flow);
        delivered = std::ranges::any_of(
            candidates, [&](auto const& candidate) { return deliver(*reply, candidate, true); });
    }
    ++(delivered ? counters_.replies : counters_.unclaimed);
}

bool Prober::deliver(Reply const& reply, engine::FlowOwner const& owner, bool translated) {
    LiveRound& live = *rounds_[owner.round];
    auto const tag = packet::unseal(reply.tag.value, owner.mask);
    engine::RoutedReply const routed{
        .flow = owner.flow, .ttl = tag.ttl, .reply = reply, .ticks = tag.ticks};
    // Under another destination only a tag that was really sent counts.
    if (translated && !live.round.recognises(routed)) return false;
    live.round.on_reply(routed);
    queue_.make_ready(owner.round);
    return true;
}

}  // namespace dtrace::probe
