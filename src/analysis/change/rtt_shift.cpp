#include "change/delay_level.hpp"
#include "change/thinned_sample.hpp"
#include "evidence/path_places.hpp"
#include "evidence/router_name.hpp"

#include <dtrace/analysis/rtt_shift.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace dtrace::analysis {

namespace {

constexpr std::size_t samples_kept = 256;
constexpr std::size_t most_probes = 16;

/// The near end, the far end; the probe's name where it is the near end itself.
using LinkKey = std::tuple<IpAddress, IpAddress, std::string>;

struct Bin {
    Timestamp begin{};
    ThinnedSample sample{samples_kept};
    ThinnedSample beyond{samples_kept};
    std::set<std::string> probes;
    std::uint32_t rounds = 0;
    Uuid trace{};
};

/// What the far end takes longer than the near end, and what the quickest hop behind it does.
struct Sample {
    std::int64_t link = 0;
    std::optional<std::int64_t> beyond;
};

struct WatchedLink {
    Bin bin;
    DelayLevel level;
    Timestamp turning{};  ///< since then bins speak for a turn, if they do
    Timestamp used{};
};

/// Of each place the RTT of the quickest hop at or beyond it.
std::vector<std::optional<std::int64_t>> quickest_from(std::vector<PathPlace> const& places) {
    std::vector<std::optional<std::int64_t>> quickest(places.size());
    std::optional<std::int64_t> least;
    for (std::size_t i = places.size(); i-- > 0;) {
        if (places[i].rtt_us)
            least = std::min(least.value_or(*places[i].rtt_us), *places[i].rtt_us);
        quickest[i] = least;
    }
    return quickest;
}

double in_ms(double us) {
    return us / 1000;
}

}  // namespace

struct RttShift::Impl {
    explicit Impl(Options with) : options(with) {}

    WatchedLink* link_of(LinkKey key, Timestamp now);
    void forget_some();
    void feed(Trace const& trace, LinkKey const& key, Sample sample, std::vector<Event>& events);
    std::optional<Event> close(Trace const& trace, LinkKey const& key, WatchedLink& link) const;

    Options options;
    std::map<LinkKey, WatchedLink> links;
};

WatchedLink* RttShift::Impl::link_of(LinkKey key, Timestamp now) {
    auto known = links.find(key);
    if (known == links.end()) {
        if (links.size() >= options.most_links) forget_some();
        known = links.try_emplace(std::move(key)).first;
        known->second.bin.begin = now;
    }
    known->second.used = now;
    return &known->second;
}

/// A tenth of them, those that were not met for longest.
void RttShift::Impl::forget_some() {
    std::vector<Timestamp> used;
    for (auto const& [key, link] : links)
        used.push_back(link.used);
    auto const tenth = used.begin() + static_cast<std::ptrdiff_t>(used.size() / 10);
    std::ranges::nth_element(used, tenth);
    auto const limit = *tenth;
    std::erase_if(links, [&](auto const& each) { return each.second.used <= limit; });
}

std::optional<Event> RttShift::Impl::close(Trace const& trace, LinkKey const& key,
                                           WatchedLink& link) const {
    auto const usual = link.level.usual();
    auto const now = median_range(link.bin.sample.sorted());
    std::optional<double> beyond;
    if (2 * link.bin.beyond.seen() >= options.least_samples)
        beyond = median_range(link.bin.beyond.sorted()).estimate;
    auto const turn = link.level.feed(now, beyond, options);
    if (link.level.may_begin() || options.confirm == 1) link.turning = link.bin.begin;
    if (turn == DelayLevel::Turn::none) return std::nullopt;
    bool const shifted = turn == DelayLevel::Turn::shifted;
    auto const& [near, far, probe] = key;
    Event event;
    event.kind = shifted ? EventKind::rtt_shifted : EventKind::rtt_settled;
    event.severity = shifted ? Severity::warning : Severity::info;
    event.at = turn == DelayLevel::Turn::adopted ? link.bin.begin : link.turning;
    event.probes.assign(link.bin.probes.begin(), link.bin.probes.end());
    event.subject.link = EventLink{probe.empty() ? to_text(near) : "probe " + probe, to_text(far)};
    event.before = EventState{.rtt_us = usual};
    event.after = EventState{.rtt_us = now};
    event.evidence.rounds = link.bin.rounds;
    event.evidence.samples = link.bin.sample.seen();
    event.evidence.traces = {link.bin.trace};
    auto const where = fmt::format("{} > {}", router_name(trace, event.subject.link->from),
                                   router_name(trace, event.subject.link->to));
    if (shifted)
        event.summary =
            fmt::format("packets take {:.1f} ms longer over {}: {:.1f} ms instead of {:.1f} ms",
                        in_ms(now.estimate - usual.estimate), where, in_ms(now.estimate),
                        in_ms(usual.estimate));
    else if (turn == DelayLevel::Turn::settled)
        event.summary = fmt::format("packets are as quick as usual again over {}: {:.1f} ms", where,
                                    in_ms(now.estimate));
    else
        event.summary =
            fmt::format("{:.1f} ms over {} count as usual from now on", in_ms(now.estimate), where);
    return event;
}

void RttShift::Impl::feed(Trace const& trace, LinkKey const& key, Sample sample,
                          std::vector<Event>& events) {
    auto const at = trace.started_at;
    auto& link = *link_of(key, at);
    if (at < link.bin.begin) return;
    if (at >= link.bin.begin + options.bin) {
        constexpr int too_long = 12;
        bool const enough = link.bin.sample.seen() >= options.least_samples;
        if (enough)
            if (auto event = close(trace, key, link)) events.push_back(std::move(*event));
        if (enough || at >= link.bin.begin + too_long * options.bin) link.bin = Bin{.begin = at};
    }
    link.bin.sample.add(sample.link);
    if (sample.beyond) link.bin.beyond.add(*sample.beyond);
    ++link.bin.rounds;
    link.bin.trace = trace.id;
    if (link.bin.probes.size() < most_probes) link.bin.probes.insert(trace.probe);
}

RttShift::RttShift(Options options) : impl_(std::make_unique<Impl>(options)) {}
RttShift::RttShift() : RttShift(Options{}) {}
RttShift::RttShift(RttShift&&) noexcept = default;
RttShift::~RttShift() = default;

std::size_t RttShift::links() const {
    return impl_->links.size();
}

std::vector<Event> RttShift::feed(Trace const& trace) {
    std::vector<Event> events;
    for (auto const& path : trace.paths) {
        auto const places = places_of(path);
        auto const quickest = quickest_from(places);
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (places[i].addresses.size() != 1) continue;
            auto const& far = places[i].addresses.front();
            auto const behind = i + 1 < places.size() ? quickest[i + 1] : std::nullopt;
            if (i == 0 && places[i].ttl == 1)
                impl_->feed(trace, {IpAddress(), far, trace.probe}, {*places[i].rtt_us, behind},
                            events);
            if (i == 0 || places[i - 1].addresses.size() != 1) continue;
            auto const& near = places[i - 1].addresses.front();
            auto const rtt = *places[i - 1].rtt_us;
            // A near end that takes longer than all beyond is slow to answer, and says nothing.
            if (near == far || rtt > *quickest[i]) continue;
            Sample sample{.link = *places[i].rtt_us - rtt, .beyond = std::nullopt};
            if (behind) sample.beyond = *behind - rtt;
            impl_->feed(trace, {near, far, {}}, sample, events);
        }
    }
    return events;
}

}  // namespace dtrace::analysis
