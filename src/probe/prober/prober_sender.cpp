#include "prober/live_round.hpp"
#include "prober/send_batch.hpp"

#include <dtrace/async/use_result.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace dtrace::probe {

namespace asio = boost::asio;

namespace {

/// Packets of one system call share a send time: so few that the last one's RTT is not told too
/// long by more than their sending takes. A large batch has come from a rate at which system calls
/// count; it goes in quarters.
constexpr std::size_t few_packets = 4;
/// The sender looks no more often than this, at high rates for several packets at a time.
constexpr microseconds shortest_sleep{100};
constexpr milliseconds blocked_wire_pause{1};
/// A packet to a TTL that has had its part lets so many others go first, and then goes all the
/// same: the rate is not left unused.
constexpr int most_passed_on = 8;

}  // namespace

asio::awaitable<void> Prober::run_sender() {
    co_await asio::this_coro::throw_if_cancelled(false);
    auto const state = co_await asio::this_coro::cancellation_state;
    pacer_.resume(Clock::now());
    while (state.cancelled() == asio::cancellation_type::none) {
        TimePoint const now = Clock::now();
        fill_batch(now);
        if (batch_->size > 0) {
            send_batch();
            // Replies get their turn between two batches.
            co_await asio::post(executor_, async::as_result);
        } else {
            bool const idle = backlog_.empty() && !queue_.has_any();
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
    if (queue_.has_any()) return std::max(now + shortest_sleep, pacer_.ready_at());
    return std::max(queue_.next_wake(), pacer_.ready_at());
}

void Prober::fill_batch(TimePoint now) {
    batch_->size = 0;
    int passed_on = 0;
    while (may_put(now)) {
        if (!backlog_.empty()) {
            Queued const queued = backlog_.front();
            backlog_.pop_front();
            put(*queued.live, queued.packet, now);
            continue;
        }
        auto const taken = queue_.take(now);
        if (!taken) return;
        LiveRound& live = *rounds_[taken->round];
        fetch_next();
        bool const may_pass_on = passed_on < most_passed_on && queue_.has_ready();
        Turn turn = ask(live, now, may_pass_on, taken->held_back);
        passed_on = turn == Turn::passed_on ? passed_on + 1 : 0;
        for (int more = packets_per_turn_ - 1; turn == Turn::used && more > 0 && may_put(now);
             --more)
            turn = ask(live, now, queue_.has_ready(), taken->held_back);
        if (turn == Turn::not_needed) continue;
        taken->held_back ? queue_.hold_back(taken->round, now) : queue_.make_ready(taken->round);
    }
}

/// What lies behind pointers can be fetched where the pointers are at hand: a turn later.
void Prober::fetch_next() const {
    auto const next = queue_.likely_next();
    if (!next) return;
    rounds_[*next]->fetch_held();
    if (auto const after = queue_.likely_after(*next)) rounds_[*after]->fetch();
}

/// Gives a round its turn: it sends one packet, lets others go first, waits, or is over. One that
/// has held back already may go beyond what it knows: nobody else is ready.
Prober::Turn Prober::ask(LiveRound& live, TimePoint now, bool may_pass_on, bool has_held_back) {
    if (live.held && live.round.withdraw(*live.held)) live.held.reset();
    if (!live.held) {
        engine::Action const action = live.round.next(now);
        if (action.kind == engine::Action::Kind::wait) {
            queue_.wait_until(live.number, action.until);
            return Turn::not_needed;
        }
        if (action.kind == engine::Action::Kind::done) {
            queue_.remove(live.number);
            live.ended.cancel();
            return Turn::not_needed;
        }
        live.held.emplace(fresh_copy(action.packet));
    }
    if (!has_held_back && live.round.may_overshoot(*live.held, now)) {
        queue_.hold_back(live.number, now);
        return Turn::not_needed;
    }
    if (live.target_pacer && !live.target_pacer->may_send(now)) {
        queue_.wait_until(live.number, live.target_pacer->ready_at());
        return Turn::not_needed;
    }
    auto& layer = layer_pacers_[live.held->ttl];
    if (may_pass_on && !layer.may_send(now)) return Turn::passed_on;
    layer.on_sent(now);
    if (live.target_pacer) live.target_pacer->on_sent(now);
    put(live, *live.held, now);
    live.held.reset();
    return Turn::used;
}

bool Prober::may_put(TimePoint now) const {
    return batch_->size < batch_capacity && pacer_.may_send(now);
}

void Prober::put(LiveRound& live, Packet const& packet, TimePoint now) {
    auto const& encoder = live.encoders[packet.flow];
    auto const tag = live.tags[packet.flow].next(packet.ttl, now, encoder.mask());
    auto const sealed = packet::seal(tag, encoder.mask());
    std::size_t const slot = batch_->size++;
    std::size_t const size = encoder.encode(packet.ttl, sealed, batch_->bytes[slot]);
    auto& entry = batch_->entries[slot];
    entry.live = &live;
    entry.packet = packet;
    entry.sealed_tag = sealed;
    auto& outgoing = batch_->packets[slot];
    outgoing.bytes = std::span(batch_->bytes[slot]).first(size);
    outgoing.destination = live.destination;
    pacer_.on_sent(now);
}

std::size_t Prober::packets_per_time() const {
    return std::max(few_packets, batch_->size / 4);
}

void Prober::send_batch() {
    std::size_t done = 0;
    std::size_t const at_once = packets_per_time();
    while (done < batch_->size) {
        auto const rest = std::min(batch_->size - done, at_once);
        TimePoint const now = Clock::now();
        auto const outcome = wire_.send(std::span(batch_->packets).subspan(done, rest));
        counters_.sent += outcome.sent;
        for (std::size_t i = 0; i < outcome.sent; ++i, ++done) {
            auto const& entry = batch_->entries[done];
            entry.live->round.on_sent(entry.packet, entry.sealed_tag, now);
        }
        if (!outcome.failed) continue;
        if (outcome.failed == asio::error::would_block) {
            for (; done < batch_->size; ++done)
                backlog_.push_back({batch_->entries[done].live, batch_->entries[done].packet});
            return;
        }
        auto const& refused = batch_->entries[done++];
        refused.live->round.send_failed(refused.packet, outcome.failed);
    }
}

}  // namespace dtrace::probe
