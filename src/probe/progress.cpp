#include "progress.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/json/write.hpp>
#include <dtrace/probe/name_hops.hpp>

#include <utility>

namespace dtrace::probe {

namespace asio = boost::asio;

void TraceName::give_to(Trace& trace) const {
    if (id) trace.id = *id;
    trace.probe = probe;
    trace.measurement = measurement;
}

asio::awaitable<void> Progress::tell(std::shared_ptr<RoundView> view, TraceName name) {
    if (told_ >= at_once) co_return;
    struct Place {
        std::size_t& told;
        explicit Place(std::size_t& count) : told(count) { ++told; }
        Place(Place const&) = delete;
        Place& operator=(Place const&) = delete;
        ~Place() { --told; }
    } const place(told_);
    std::optional<PacketCounts> told;
    for (Duration pause = first_after;; pause = then_every) {
        bool const slept = co_await async::sleep_for(pause);
        if (!slept || view->is_over) co_return;
        if (!view->so_far) continue;
        auto trace = view->so_far();
        if (!trace) co_return;
        if (told == trace->packets) continue;  // nothing new
        told = trace->packets;
        name.give_to(*trace);
        auto named = co_await name_hops(*std::move(trace), resolver_, naming_wait, log_);
        bool const taken = co_await send(std::move(named));
        if (!taken) co_return;
    }
}

asio::awaitable<bool> Progress::send(Trace trace) {
    auto const response = co_await post_json(client_, workers_, to_, json::write(trace));
    if (response && response->status == 204) co_return true;
    log_.debug("progress not told",
               {{"reason", response ? "the master answers " + std::to_string(response->status)
                                    : response.error().message}});
    co_return false;
}

}  // namespace dtrace::probe
