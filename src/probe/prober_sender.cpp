#include "live_round.hpp"
#include "send_batch.hpp"

#include <dtrace/async/use_result.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace dtrace::probe {

namespace asio = boost::asio;

namespace {

/// Packets of one system call share a send time. A few are enough to make the call cheap, and so
/// few that the last one's RTT is not told too long by more than their sending takes.
constexpr std::size_t packets_per_time = 4;
/// The sender looks no more often than this, at high rates for several packets at a time.
constexpr microseconds shortest_sleep{100};
constexpr milliseconds blocked_wire_pause{1};

}  // namespace

asio::awaitable<void> Prober::run_sender() {
    co_await asio::this_coro::throw_if_cancelled(false);
    auto const state = co_await asio::this_coro::cancellation_state;
    while (state.cancelled() == asio::cancellation_type::none) {
        TimePoint const now = Clock::now();
        fill_batch(now);
        if (batch_->size > 0) {
            send_batch();
            // Replies get their turn between two batches.
            co_await asio::post(executor_, async::as_result);
        } else {
            bool const idle = backlog_.empty() && !queue_.has_ready();
            sender_timer_.expires_at(next_wake(now));
            co_await sender_timer_.async_wait(async::as_result);
            if (idle) pacer_.resume(Clock::now());
            // On a busy machine this may be late: replies that are there already are heard before a
            // round decides that they did not come. The first post lets the sockets be looked at,
            // the second the receiver run.
            co_await asio::post(executor_, async::as_result);
            co_await asio::post(executor_, async::as_result);
        }
    }
}

void Prober::wake_sender() {
    sender_timer_.cancel();
}

TimePoint Prober::next_wake(TimePoint now) const {
    if (!backlog_.empty()) return std::max(now + blocked_wire_pause, pacer_.ready_at());
    if (queue_.has_ready()) return std::max(now + shortest_sleep, pacer_.ready_at());
    return std::max(queue_.next_wake(), pacer_.ready_at());
}

void Prober::fill_batch(TimePoint now) {
    batch_->size = 0;
    while (batch_->size < batch_capacity && pacer_.may_send(now)) {
        if (!backlog_.empty()) {
            Queued const queued = backlog_.front();
            backlog_.pop_front();
            if (auto const live = rounds_.find(queued.round); live != rounds_.end())
                put(queued.round, *live->second, queued.packet, now);
            continue;
        }
        auto const number = queue_.take_ready(now);
        if (!number) return;
        LiveRound& live = *rounds_.at(*number);
        engine::Action const action = live.round.next(now);
        if (auto const* send = std::get_if<engine::Send>(&action)) {
            put(*number, live, send->packet, now);
            queue_.make_ready(*number);
        } else if (auto const* wait = std::get_if<engine::WaitUntil>(&action)) {
            queue_.wait_until(*number, wait->time);
        } else {
            queue_.remove(*number);
            live.ended.cancel();
        }
    }
}

void Prober::put(engine::RoundNumber number, LiveRound& live, Packet packet, TimePoint now) {
    auto const& encoder = live.encoders[packet.flow];
    auto const tag = live.tags[packet.flow].next(packet.ttl, now, encoder.mask());
    std::size_t const slot = batch_->size++;
    std::size_t const size = encoder.encode(tag, batch_->bytes[slot]);
    batch_->entries[slot] = {.queued = {number, packet},
                             .sealed_tag = packet::seal(tag, encoder.mask())};
    batch_->packets[slot] = {.bytes = std::span(batch_->bytes[slot]).first(size),
                             .destination = live.lease.flows()[packet.flow].destination};
    pacer_.on_sent(now);
}

void Prober::send_batch() {
    std::size_t done = 0;
    while (done < batch_->size) {
        auto const rest = std::min(batch_->size - done, packets_per_time);
        TimePoint const now = Clock::now();
        auto const outcome = wire_.send(std::span(batch_->packets).subspan(done, rest));
        counters_.sent += outcome.sent;
        for (std::size_t i = 0; i < outcome.sent; ++i, ++done) {
            auto const& entry = batch_->entries[done];
            rounds_.at(entry.queued.round)
                ->round.on_sent(entry.queued.packet, entry.sealed_tag, now);
        }
        if (!outcome.failed) continue;
        if (outcome.failed == asio::error::would_block) {
            for (; done < batch_->size; ++done)
                backlog_.push_back(batch_->entries[done].queued);
            return;
        }
        auto const& refused = batch_->entries[done++].queued;
        rounds_.at(refused.round)->round.send_failed(refused.packet, outcome.failed);
    }
}

}  // namespace dtrace::probe
