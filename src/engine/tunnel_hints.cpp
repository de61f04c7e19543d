#include <dtrace/engine/tunnel_hints.hpp>

#include <algorithm>
#include <map>
#include <optional>

namespace dtrace::engine {

namespace {

/// Reply TTLs of routers that also answer echo requests.
using EchoTtls = std::map<IpAddress, std::uint8_t>;

EchoTtls echo_ttls(Trace const& trace) {
    EchoTtls found;
    for (auto const& path : trace.paths)
        for (auto const& hop : path.hops)
            for (auto const& answer : hop.answers)
                if (answer.kind == ReplyKind::echo_reply) found[answer.from] = answer.reply_ttl;
    return found;
}

/// The first word of a router on the way; hops of several routers are compared by it.
Answer const* passing_answer(Hop const& hop) {
    auto const found = std::ranges::find(hop.answers, ReplyKind::time_exceeded, &Answer::kind);
    return found == hop.answers.end() ? nullptr : &*found;
}

std::optional<TunnelHint> quoted_ttl_hint(Answer const& answer) {
    // With labels the tunnel shows itself.
    if (answer.quoted_ttl.value_or(1) <= 1 || answer.labels) return std::nullopt;
    return TunnelHint{TunnelSign::quoted_ttl, 0};
}

std::optional<TunnelHint> label_ttl_hint(Answer const& answer, Hop const* before) {
    if (!answer.labels || answer.labels->empty()) return std::nullopt;
    auto const ttl = answer.labels->front().ttl;
    if (ttl < least_opaque_label_ttl || ttl > largest_opaque_label_ttl) return std::nullopt;
    // Behind another labelled hop it is a tunnel that shows.
    Answer const* const previous = before ? passing_answer(*before) : nullptr;
    if (previous && previous->labels) return std::nullopt;
    return TunnelHint{TunnelSign::label_ttl, static_cast<std::uint8_t>(255 - ttl)};
}

std::optional<TunnelHint> return_path_hint(Answer const& answer, Ttl ttl, Answer const& before,
                                           Ttl before_ttl) {
    int const growth =
        (return_length(answer.reply_ttl) - ttl) - (return_length(before.reply_ttl) - before_ttl);
    if (growth < least_return_growth) return std::nullopt;
    return TunnelHint{TunnelSign::return_path, static_cast<std::uint8_t>(growth)};
}

std::optional<TunnelHint> echo_path_hint(Answer const& answer, EchoTtls const& echoes) {
    auto const echo = echoes.find(answer.from);
    if (echo == echoes.end() || answer.reply_ttl <= 128 || echo->second > 64) return std::nullopt;
    int const difference = return_length(answer.reply_ttl) - return_length(echo->second);
    if (difference < least_echo_difference) return std::nullopt;
    return TunnelHint{TunnelSign::echo_path, static_cast<std::uint8_t>(difference)};
}

bool is_one_router(Hop const& hop) {
    return std::ranges::all_of(hop.answers, [&](Answer const& answer) {
        return answer.from == hop.answers.front().from && answer.kind == ReplyKind::time_exceeded;
    });
}

/// A router that passes on a packet whose TTL is used up has the same effect, but then the first of
/// the two answers quotes a TTL of 0.
bool repeats(Hop const& hop, Hop const& before) {
    if (hop.answers.empty() || before.answers.empty() || hop.ttl != before.ttl + 1) return false;
    auto const& first = before.answers.front();
    return is_one_router(hop) && is_one_router(before) && first.from == hop.answers.front().from &&
           first.quoted_ttl != std::uint8_t{0};
}

void add_tunnel_hints(Path& path, EchoTtls const& echoes) {
    Hop const* before = nullptr;    // the hop next to this one
    Hop const* answered = nullptr;  // the last one that a router answered at
    for (Hop& hop : path.hops) {
        std::vector<TunnelHint> hints;
        auto const add = [&](std::optional<TunnelHint> hint) {
            if (hint) hints.push_back(*hint);
        };
        if (Answer const* const answer = passing_answer(hop)) {
            add(quoted_ttl_hint(*answer));
            add(label_ttl_hint(*answer, before));
            if (answered)
                add(return_path_hint(*answer, hop.ttl, *passing_answer(*answered), answered->ttl));
            add(echo_path_hint(*answer, echoes));
            answered = &hop;
        }
        if (before && repeats(hop, *before)) add(TunnelHint{TunnelSign::same_address, 0});
        if (!hints.empty()) hop.tunnel_hints = std::move(hints);
        before = &hop;
    }
}

}  // namespace

int return_length(std::uint8_t reply_ttl) {
    int const initial = reply_ttl <= 64 ? 64 : reply_ttl <= 128 ? 128 : 255;
    return initial - reply_ttl + 1;
}

void add_tunnel_hints(Trace& trace) {
    auto const echoes = echo_ttls(trace);
    for (Path& path : trace.paths)
        add_tunnel_hints(path, echoes);
}

}  // namespace dtrace::engine
