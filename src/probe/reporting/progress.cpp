#include "reporting/progress.hpp"

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

namespace {

/// The master does not want it, and will not want more of this round.
bool is_final(unsigned status) {
    return status == 400 || status == 403 || status == 404 || status == 413;
}

/// One of those that are told of at a time.
class ToldPlace {
  public:
    explicit ToldPlace(std::size_t& taken) : taken_(taken) { ++taken_; }
    ToldPlace(ToldPlace const&) = delete;
    ToldPlace& operator=(ToldPlace const&) = delete;
    ~ToldPlace() { --taken_; }

  private:
    std::size_t& taken_;
};

}  // namespace

asio::awaitable<void> Progress::tell(std::shared_ptr<RoundView> view, TraceName name) {
    std::optional<ToldPlace> place;
    std::optional<PacketCounts> told;
    for (Duration pause = first_after;; pause = then_every) {
        bool const slept = co_await async::sleep_for(pause);
        if (!slept || view->is_over) co_return;
        if (!view->so_far || (!place && told_ >= at_once)) continue;
        if (!place) place.emplace(told_);
        auto trace = view->so_far();
        if (!trace) co_return;
        auto const known = trace->packets;
        if (told == known) continue;  // nothing new
        name.give_to(*trace);
        auto named = co_await name_hops(*std::move(trace), resolver_, naming_wait, log_);
        auto const sent = co_await send(std::move(named));
        if (sent == Sent::unwanted) co_return;
        if (sent == Sent::taken) told = known;
    }
}

asio::awaitable<Progress::Sent> Progress::send(Trace trace) {
    auto const response = co_await post_json(client_, workers_, to_, json::write(trace));
    if (response && response->status == 204) co_return Sent::taken;
    log_.debug("progress not told",
               {{"reason", response ? "the master answers " + std::to_string(response->status)
                                    : response.error().message}});
    bool const unwanted = response && is_final(response->status);
    co_return unwanted ? Sent::unwanted : Sent::lost;
}

}  // namespace dtrace::probe
