#include "hearing/hearing.hpp"

#include <dtrace/async/use_result.hpp>
#include <dtrace/packet/decode_request.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <bit>
#include <map>

namespace dtrace::probe {

namespace asio = boost::asio;

namespace {

/// For all sockets: much more than they can hold.
constexpr int most_looks = 1000;

std::string_view reason_of(HearingLog::Loss loss) {
    switch (loss) {
        case HearingLog::Loss::read_late:
            return "packets were read too late";
        case HearingLog::Loss::too_much_from_one:
            return "a target sent too much";
        default:
            return "no room for all that was heard";
    }
}

}  // namespace

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
    std::map<HearingLog::Loss, std::size_t> losses;
    for (auto const& packet : arrivals.packets) {
        auto const flow = packet::decode_request(packet);
        if (!flow) continue;
        auto const loss = heard_.hear(*flow, packet.received, now);
        if (loss != HearingLog::Loss::none) ++losses[loss];
    }
    for (auto const& [loss, packets] : losses)
        tell_lost(reason_of(loss), packets);
    if (arrivals.dropped == 0) return;
    heard_.miss(now);
    tell_lost("the sockets had no room", arrivals.dropped);
}

/// What waits in the sockets belongs to the span that is told.
void Hearing::take_in_all(TimePoint now) {
    for (int look = 0; look < most_looks; ++look) {
        auto const arrivals = listener_.look();
        if (!arrivals) break;  // receive() will say why
        take_in(*arrivals, now);
        if (arrivals->packets.empty()) return;
    }
    heard_.miss(now);
}

/// The first time, and each time when it has happened twice as often.
void Hearing::tell_lost(std::string_view reason, std::size_t packets) {
    if (std::has_single_bit(++losses_))
        log_.warn("one-way counts lost",
                  {{"reason", reason}, {"packets", packets}, {"times", losses_}});
}

void Hearing::tell(Trace& trace, TimePoint now) {
    if (!listening_ || !trace.source || !trace.target.address) return;
    take_in_all(now);
    trace.heard = heard_.take(*trace.source, *trace.target.address, now);
}

}  // namespace dtrace::probe
