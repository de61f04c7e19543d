#include <dtrace/engine/plan.hpp>
#include <dtrace/engine/round.hpp>
#include <dtrace/packet/encode_packet.hpp>
#include <dtrace/probe/prober.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace dtrace::probe {

namespace asio = boost::asio;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t batch_capacity = 256;
/// Packets of one system call share a send time. A few are enough to make the call cheap, and so
/// few that the last one's RTT is not told too long by more than their sending takes.
constexpr std::size_t packets_per_time = 4;
/// A late wake-up is made up for by at most this much.
constexpr milliseconds pacing_credit{5};
/// The sender looks no more often than this, at high rates for several packets at a time.
constexpr microseconds shortest_sleep{100};
constexpr milliseconds blocked_wire_pause{1};

Trace failed_trace(TraceRequest const& request, StopReason reason, std::string error) {
    Trace trace;
    Timestamp const now = wall_clock_now();
    trace.id = make_uuid_v7(now);
    trace.target.host = request.host;
    trace.method = request.parameters.method;
    trace.started_at = now;
    trace.stop_reason = reason;
    if (!error.empty()) trace.error = std::move(error);
    return trace;
}

/// Why nothing may be sent there.
std::optional<std::string> find_fault(IpAddress const& destination) {
    if (destination.is_unspecified()) return "is no host's address";
    if (destination.is_multicast()) return "is a multicast address";
    if (destination.is_v4() && destination.to_v4() == IpV4::broadcast())
        return "is a broadcast address";
    return std::nullopt;
}

}  // namespace

/// Lives in the frame of the coroutine that waits for it.
struct Prober::LiveRound {
    LiveRound(engine::Plan const& plan, engine::FlowLease leased, std::uint8_t tos,
              packet::Secret const& secret, asio::any_io_executor const& executor)
        : lease(std::move(leased)),
          round(plan, lease.flows(), Clock::now()),
          ended(executor, asio::steady_timer::time_point::max()) {
        encoders.reserve(lease.flows().size());
        tags.resize(lease.flows().size());
        for (auto const& flow : lease.flows())
            encoders.emplace_back(flow, secret, tos);
    }

    engine::RoundNumber number = 0;
    engine::FlowLease lease;
    engine::Round round;
    std::vector<packet::FlowEncoder> encoders;
    std::vector<packet::TagSequence> tags;
    asio::steady_timer ended;  ///< cancelled when the round is done
};

struct Prober::Batch {
    struct Entry {
        Queued queued;
        std::uint32_t sealed_tag;
    };
    std::size_t size = 0;
    std::array<Entry, batch_capacity> entries;
    std::array<wire::OutgoingPacket, batch_capacity> packets;
    std::array<std::array<std::byte, packet::max_packet_size>, batch_capacity> bytes;
};

Prober::Prober(asio::any_io_executor executor, wire::Wire& wire, wire::Resolver& resolver,
               Logger& log, ProberOptions options)
    : executor_(std::move(executor)),
      wire_(wire),
      resolver_(resolver),
      log_(log),
      secret_(packet::make_secret()),
      allocator_(options.flow_salt),
      pacer_(options.rate, pacing_credit),
      sender_timer_(executor_),
      batch_(std::make_unique<Batch>()) {}

Prober::~Prober() = default;

asio::awaitable<Trace> Prober::trace(TraceRequest request) {
    co_await asio::this_coro::throw_if_cancelled(false);
    auto const& parameters = request.parameters;
    auto const addresses = co_await resolver_.addresses(request.host, parameters.family);
    if (addresses.has_error()) {
        bool const cancelled = addresses.error().code == asio::error::operation_aborted;
        co_return failed_trace(request, cancelled ? StopReason::cancelled : StopReason::error,
                               addresses.error().message);
    }
    IpAddress const destination = addresses->front();
    auto const fail = [&](std::string why) {
        Trace trace = failed_trace(request, StopReason::error, std::move(why));
        trace.target.address = destination;
        return trace;
    };
    if (auto const fault = find_fault(destination))
        co_return fail(to_text(destination) + " " + *fault);
    auto const source = source_for(request, destination);
    if (source.has_error()) co_return fail(source.error().message);

    Port const port = parameters.port.value_or(default_port(parameters.method));
    auto lease =
        allocator_.lease({.method = parameters.method,
                          .source = *source,
                          .destination = destination,
                          .destination_port = parameters.method == Method::icmp ? Port{0} : port},
                         parameters.flows);
    if (!lease) co_return fail("too many rounds towards " + to_text(destination) + " at a time");

    LiveRound live(engine::make_plan(parameters), std::move(*lease), parameters.tos, secret_,
                   executor_);
    engine::TraceHeader header{.target = {.host = request.host, .address = destination},
                               .started_at = wall_clock_now()};
    header.id = make_uuid_v7(header.started_at);
    enter(live);
    co_await live.ended.async_wait(as_result);
    leave(live);
    co_return std::move(live.round).finish(std::move(header), Clock::now());
}

Result<IpAddress> Prober::source_for(TraceRequest const& request, IpAddress const& destination) {
    if (!request.source) return wire_.source_for(destination);
    if (request.source->is_v4() == destination.is_v4()) return *request.source;
    return make_error(boost::system::errc::invalid_argument,
                      "source " + to_text(*request.source) + " and target " + to_text(destination) +
                          " are not of one address family");
}

void Prober::enter(LiveRound& live) {
    live.number = ++last_round_;
    rounds_.emplace(live.number, &live);
    auto const& flows = live.lease.flows();
    for (std::size_t i = 0; i < flows.size(); ++i)
        router_.add(flows[i], {.round = live.number,
                               .flow = static_cast<FlowIndex>(i),
                               .mask = live.encoders[i].mask()});
    queue_.make_ready(live.number);
    wake_sender();
}

void Prober::leave(LiveRound& live) {
    for (auto const& flow : live.lease.flows())
        router_.remove(flow);
    queue_.remove(live.number);
    rounds_.erase(live.number);
}

// Sending

asio::awaitable<void> Prober::run_sender() {
    co_await asio::this_coro::throw_if_cancelled(false);
    auto const state = co_await asio::this_coro::cancellation_state;
    while (state.cancelled() == asio::cancellation_type::none) {
        TimePoint const now = Clock::now();
        fill_batch(now);
        if (batch_->size > 0) {
            send_batch();
            // Replies get their turn between two batches.
            co_await asio::post(executor_, as_result);
        } else {
            bool const idle = backlog_.empty() && !queue_.has_ready();
            sender_timer_.expires_at(next_wake(now));
            co_await sender_timer_.async_wait(as_result);
            if (idle) pacer_.resume(Clock::now());
        }
    }
}

void Prober::wake_sender() {
    sender_timer_.cancel();
}

TimePoint Prober::next_wake(TimePoint now) const {
    if (!backlog_.empty()) return std::max(now + blocked_wire_pause, pacer_.ready_at());
    if (queue_.has_ready()) return std::max(now + shortest_sleep, pacer_.ready_at());
    return queue_.next_wake();
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

// Receiving

asio::awaitable<void> Prober::run_receiver() {
    co_await asio::this_coro::throw_if_cancelled(false);
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
            for (auto const& [number, live] : rounds_)
                live->round.on_receiver_drop(arrivals->dropped);
        }
        wake_sender();
    }
}

void Prober::on_packet(wire::IncomingPacket const& packet) {
    auto const reply = packet::decode_reply({.bytes = packet.bytes,
                                             .protocol = packet.protocol,
                                             .source = packet.source,
                                             .hop_limit = packet.hop_limit,
                                             .traffic_class = packet.traffic_class,
                                             .received = packet.received});
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
    LiveRound& live = *rounds_.at(owner.round);
    Ttl const ttl = packet::unseal(reply.tag.value, owner.mask).ttl;
    engine::RoutedReply const routed{.flow = owner.flow, .ttl = ttl, .reply = reply};
    // Under another destination only a tag that was really sent counts.
    if (translated && !live.round.recognises(routed)) return false;
    live.round.on_reply(routed);
    queue_.make_ready(owner.round);
    return true;
}

}  // namespace dtrace::probe
