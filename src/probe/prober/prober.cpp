#include "prober/live_round.hpp"
#include "prober/send_batch.hpp"

#include <dtrace/async/use_result.hpp>
#include <dtrace/engine/plan.hpp>

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <optional>

namespace dtrace::probe {

namespace asio = boost::asio;

namespace {

/// A late wake-up of the sender is made up for by at most this much.
constexpr milliseconds pacing_credit{5};
constexpr milliseconds pacing_arrears{100};
/// The part of the rate that one TTL gets while there are packets to others.
constexpr double layer_share = 0.5;
constexpr milliseconds layer_credit{1};
/// A small trace is no burst that hurts its target.
constexpr milliseconds target_credit{100};

/// At high rates a round sends a few packets, to different hops, while the processor has it at
/// hand.
int packets_per_turn(double rate) {
    return static_cast<int>(std::clamp(rate / 25'000, 1.0, 64.0));
}

/// A round that has sent more is not looked at while it runs: that would hold up all others.
constexpr std::uint32_t most_viewed_packets = 4'000;

/// Paths that are remembered from round to round; about 300 bytes each.
constexpr std::size_t known_paths = 16'384;

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

}  // namespace

Prober::Prober(asio::any_io_executor executor, wire::Wire& wire, wire::Resolver& resolver,
               Logger& log, ProberOptions options)
    : executor_(std::move(executor)),
      wire_(wire),
      resolver_(resolver),
      log_(log),
      policy_(std::move(options.policy)),
      secret_(packet::make_secret()),
      allocator_(options.flow_salt),
      memories_(known_paths),
      pacer_(options.rate, pacing_credit, pacing_arrears),
      layer_pacers_(max_ttl + 1, engine::Pacer(options.rate * layer_share, layer_credit)),
      packets_per_turn_(packets_per_turn(options.rate)),
      sender_timer_(executor_),
      batch_(std::make_unique_for_overwrite<Batch>()) {
    if (options.target_rate) target_pacers_.emplace(*options.target_rate, target_credit);
}

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
    if (auto refusal = find_refusal(policy_, destination)) co_return fail(*std::move(refusal));
    auto const source = source_for(request, destination);
    if (source.has_error()) co_return fail(source.error().message);

    Port const port = parameters.port.value_or(default_port(parameters.method));
    Flow const like{.method = parameters.method,
                    .source = without_scope(*source),
                    .destination = without_scope(destination),
                    .id = parameters.source_port.value_or(0),
                    .destination_port = parameters.method == Method::icmp ? Port{0} : port};
    auto const plan = engine::with_memory(engine::make_plan(parameters), memories_.recall(like));
    auto lease = allocator_.lease(like, plan.flows);
    if (!lease) co_return fail("too many rounds towards " + to_text(destination) + " at a time");

    LiveRound live(plan, std::move(*lease), destination, parameters.tos, secret_, executor_);
    engine::TraceHeader header{.target = {.host = request.host, .address = destination},
                               .started_at = wall_clock_now()};
    header.id = make_uuid_v7(header.started_at);
    enter(live);
    if (request.view)
        request.view->so_far = [&live, &header]() -> std::optional<Trace> {
            if (live.round.sent() > most_viewed_packets) return std::nullopt;
            return live.round.so_far(header, Clock::now());
        };
    co_await live.ended.async_wait(async::as_result);
    if (request.view) request.view->so_far = nullptr;
    leave(live);
    if (live.round.ended()) memories_.keep(like, live.round.learned());
    co_return std::move(live.round).finish(std::move(header), Clock::now());
}

Result<IpAddress> Prober::source_for(TraceRequest const& request, IpAddress const& destination) {
    auto usual = wire_.source_for(destination);  // also refuses what cannot be reached at all
    if (!usual || !request.source) return usual;
    if (request.source->is_v4() == destination.is_v4()) return *request.source;
    return make_error(boost::system::errc::invalid_argument,
                      "source " + to_text(*request.source) + " and target " + to_text(destination) +
                          " are not of one address family");
}

void Prober::enter(LiveRound& live) {
    if (free_numbers_.empty()) {
        free_numbers_.push_back(static_cast<engine::RoundNumber>(rounds_.size()));
        rounds_.push_back(nullptr);
    }
    live.number = free_numbers_.back();
    free_numbers_.pop_back();
    rounds_[live.number] = &live;
    if (target_pacers_) live.target_pacer = &target_pacers_->enter(live.destination);
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
    if (target_pacers_) target_pacers_->leave(live.destination);
    queue_.remove(live.number);
    std::erase_if(backlog_, [&](Queued const& queued) { return queued.live == &live; });
    rounds_[live.number] = nullptr;
    free_numbers_.push_back(live.number);
}

}  // namespace dtrace::probe
