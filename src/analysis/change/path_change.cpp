#include "change/event_of.hpp"
#include "change/flow_memory.hpp"
#include "change/link_moves.hpp"

#include <dtrace/analysis/path_change.hpp>
#include <dtrace/core/counted.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::analysis {

namespace {

constexpr std::size_t most_links_told = 20;

std::string name_of(IpAddress const& address, std::string const& probe) {
    return address == IpAddress() ? "probe " + probe : to_text(address);
}

EventState state_of(std::map<Edge, std::size_t> const& links, std::size_t flows,
                    std::string const& probe) {
    std::vector<LinkShare> shares;
    for (auto const& [edge, count] : links) {
        shares.push_back({name_of(edge.first, probe), name_of(edge.second, probe),
                          static_cast<double>(count) / static_cast<double>(flows)});
        if (shares.size() == most_links_told) break;
    }
    return {.links = std::move(shares)};
}

bool agree(std::vector<PathPlace> const& one, std::vector<PathPlace> const& other) {
    FlowMemory memory;
    memory.settle(one);
    return memory.fits(other);
}

}  // namespace

struct PathChange::Impl {
    using Round = std::map<std::uint64_t, std::vector<PathPlace>>;
    struct Pending {
        Round round;
        Timestamp at;
        Uuid trace;
        std::uint32_t rounds = 1;
    };

    explicit Impl(Options with) : options(with) {}

    std::vector<ComparedFlow> compare(Trace const& trace, Round const& round) const;
    bool has_changed(std::vector<ComparedFlow> const& compared) const;
    void learn(Round const& round);
    bool confirm(Trace const& trace, Round round);
    Event make_event(Trace const& trace, std::vector<ComparedFlow> const& flows) const;

    Options options;
    std::map<std::uint64_t, FlowMemory> flows;
    std::optional<Pending> pending;
    std::optional<Timestamp> last_round;
    std::optional<Timestamp> last_event;
};

std::vector<ComparedFlow> PathChange::Impl::compare(Trace const& trace, Round const& round) const {
    std::vector<ComparedFlow> compared;
    for (auto const& path : trace.paths) {
        if (path.partial.value_or(false)) continue;  // another choice of hops is no other path
        auto const hash = flow_hash(trace, path);
        auto const known = flows.find(hash);
        if (known == flows.end() || known->second.rounds() < options.learn) continue;
        auto const& places = round.at(hash);
        compared.push_back({.memory = &known->second,
                            .places = &places,
                            .reached = path.reached,
                            .moved = !known->second.fits(places)});
    }
    return compared;
}

bool PathChange::Impl::has_changed(std::vector<ComparedFlow> const& compared) const {
    if (std::ranges::none_of(compared, &ComparedFlow::moved)) return false;
    KnownLinks known;
    for (auto const& [hash, memory] : flows)
        known.add(memory);
    return is_change(compared, known, options.chance);
}

void PathChange::Impl::learn(Round const& round) {
    for (auto const& [hash, places] : round) {
        auto known = flows.find(hash);
        if (known == flows.end()) {
            if (flows.size() >= options.most_flows) continue;
            known = flows.try_emplace(hash).first;
        }
        known->second.settle(places);
    }
}

/// Whether enough rounds in a row have told the same.
bool PathChange::Impl::confirm(Trace const& trace, Round round) {
    bool const same =
        pending && std::ranges::all_of(round, [&](auto const& flow) {
            auto const before = pending->round.find(flow.first);
            return before == pending->round.end() || agree(before->second, flow.second);
        });
    if (same)
        ++pending->rounds;
    else
        pending = Pending{std::move(round), trace.started_at, trace.id};
    return pending->rounds >= options.confirm;
}

Event PathChange::Impl::make_event(Trace const& trace,
                                   std::vector<ComparedFlow> const& compared) const {
    auto event = event_of(trace, EventKind::path_changed, Severity::info);
    event.at = pending->at;
    auto const moves = moves_of(compared);
    event.before = state_of(moves.lost, compared.size(), trace.probe);
    event.after = state_of(moves.gained, compared.size(), trace.probe);
    event.evidence.rounds = pending->rounds;
    event.evidence.flows = static_cast<std::uint32_t>(compared.size());
    event.evidence.traces = {pending->trace, trace.id};
    auto const moved = std::ranges::count(compared, true, &ComparedFlow::moved);
    event.summary =
        fmt::format("path from {} to {} changed: {} of {} left {}, took {}", trace.probe,
                    trace.target.host, moved, counted(compared.size(), "flow"),
                    counted(moves.lost.size(), "link"), counted(moves.gained.size(), "other"));
    return event;
}

PathChange::PathChange(Options options) : impl_(std::make_unique<Impl>(options)) {}
PathChange::PathChange() : PathChange(Options{}) {}
PathChange::PathChange(PathChange&&) noexcept = default;
PathChange& PathChange::operator=(PathChange&&) noexcept = default;
PathChange::~PathChange() = default;

std::size_t PathChange::flows() const {
    return impl_->flows.size();
}

std::optional<Event> PathChange::feed(Trace const& trace) {
    auto& self = *impl_;
    if (trace.stop_reason == StopReason::error || trace.stop_reason == StopReason::cancelled)
        return std::nullopt;
    if (self.last_round && trace.started_at < *self.last_round) return std::nullopt;
    self.last_round = trace.started_at;

    Impl::Round round;
    for (auto const& path : trace.paths) {
        if (path.partial.value_or(false)) continue;  // another choice of hops is no other path
        auto const hash = flow_hash(trace, path);
        round.insert_or_assign(hash, places_of(path));
        if (auto const known = self.flows.find(hash); known != self.flows.end())
            known->second.note_switches(round.at(hash));
    }
    auto const compared = self.compare(trace, round);
    if (!self.has_changed(compared)) {
        self.pending.reset();
        self.learn(round);
        return std::nullopt;
    }
    bool const confirmed = self.confirm(trace, round);
    bool const quiet = self.last_event && trace.started_at < *self.last_event + self.options.quiet;
    if (!confirmed || quiet) return std::nullopt;
    auto event = self.make_event(trace, compared);
    auto const learnt = std::exchange(self.flows, {});
    for (auto const& [hash, places] : round)
        if (auto const before = learnt.find(hash); before != learnt.end())
            self.flows.emplace(hash, before->second);
    self.learn(round);
    self.pending.reset();
    self.last_event = trace.started_at;
    return event;
}

}  // namespace dtrace::analysis
