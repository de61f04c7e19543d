#include <dtrace/engine/assemble_trace.hpp>
#include <dtrace/engine/tunnel_hints.hpp>

#include <algorithm>

namespace dtrace::engine {

Trace TraceAssembly::build(TraceHeader header) {
    std::ranges::sort(round_.answers_, {}, &Round::StoredAnswer::packet);
    Trace trace;
    trace.id = header.id;
    trace.target = std::move(header.target);
    trace.started_at = header.started_at;
    trace.took_us =
        static_cast<std::uint64_t>(std::chrono::floor<microseconds>(now_ - round_.start_).count());
    trace.method = round_.plan_.method;
    trace.source = round_.flows_.front().source;
    trace.packets = round_.counts_;
    trace.stop_reason = stop_reason();
    if (trace.stop_reason == StopReason::error) {
        trace.error = "sending failed: " + round_.send_error_.message();
        return trace;
    }
    FlowIndex const flows = flows_used();
    trace.paths.reserve(flows);
    for (FlowIndex flow = 0; flow < flows; ++flow)
        trace.paths.push_back(path_of(flow));
    if (round_.mda_) trace.multipath = round_.mda_->result();
    put_answers(trace.paths);
    count_packets(trace);
    add_tunnel_hints(trace);
    return trace;
}

StopReason TraceAssembly::stop_reason() const {
    if (round_.sent_ == 0 && round_.send_error_) return StopReason::error;
    if (!round_.ended()) return StopReason::cancelled;
    // Completed only when every flow is; otherwise the reason that says most.
    StopReason worst = StopReason::completed;
    for (StopReason const reason :
         {StopReason::hop_limit, StopReason::gap_limit, StopReason::loop, StopReason::unreachable})
        for (FlowIndex flow = 0; flow < round_.progress_.size(); ++flow)
            if (round_.progress_[flow].stop_reason() == reason && tells_reason(flow))
                worst = reason;
    return worst;
}

/// All of them, unless they are taken as need be: then from the first on.
FlowIndex TraceAssembly::flows_used() const {
    auto const all = static_cast<FlowIndex>(round_.flows_.size());
    if (!round_.mda_) return all;
    FlowIndex used = 1;
    auto const& plan = round_.plan_;
    for (FlowIndex flow = 1; flow < all; ++flow)
        for (Ttl ttl = plan.first_hop; ttl <= plan.max_hops; ++ttl)
            if (round_.table_.state({flow, ttl, 0}) != PacketState::unsent)
                used = static_cast<FlowIndex>(flow + 1);
    return used;
}

/// Of flows that multipath detection sent to some hops only, those say nothing that never ended.
bool TraceAssembly::tells_reason(FlowIndex flow) const {
    auto const reason = round_.progress_[flow].stop_reason();
    return !round_.mda_ || flow == 0 ||
           (reason != StopReason::hop_limit && reason != StopReason::gap_limit);
}

Ttl TraceAssembly::last_hop_of(FlowIndex flow) const {
    auto const& plan = round_.plan_;
    Ttl last = round_.progress_[flow].last_wanted();
    auto const known = [&](Ttl ttl) {
        if (!under_way_) return round_.table_.state({flow, ttl, 0}) != PacketState::unsent;
        for (Attempt attempt = 0; attempt < plan.attempts; ++attempt)
            if (counts({flow, ttl, attempt})) return true;
        return false;
    };
    while (last > plan.first_hop && !known(last))
        --last;
    return last;
}

/// Among the packets sent.
bool TraceAssembly::counts(Packet packet) const {
    auto const state = round_.table_.state(packet);
    return state == PacketState::answered || state == PacketState::silent ||
           (state == PacketState::waiting && !under_way_);
}

Path TraceAssembly::path_of(FlowIndex index) const {
    Flow const& flow = round_.flows_[index];
    Path path;
    path.flow = index;
    if (flow.method == Method::icmp) {
        path.icmp_checksum = flow.id;
    } else {
        path.source_port = flow.id;
        path.destination_port = flow.destination_port;
    }
    path.reached = round_.progress_[index].reached();
    Ttl const last = last_hop_of(index);
    path.hops.reserve(last - round_.plan_.first_hop + std::size_t{1});
    for (Ttl ttl = round_.plan_.first_hop; ttl <= last; ++ttl) {
        Hop hop;
        hop.ttl = ttl;
        for (Attempt attempt = 0; attempt < round_.plan_.attempts; ++attempt)
            if (counts({index, ttl, attempt})) ++hop.sent;
        hop.answers.reserve(hop.sent);
        path.hops.push_back(std::move(hop));
    }
    bool const gaps = std::ranges::any_of(path.hops, [](Hop const& hop) { return hop.sent == 0; });
    if (round_.mda_ && index != 0 && (gaps || !path.reached)) path.partial = true;
    return path;
}

/// In its place: an answer is large, and there may be millions.
void TraceAssembly::fill(Answer& answer, Round::StoredAnswer const& stored) const {
    answer.from = round_.addresses_[stored.from];
    answer.kind = stored.kind;
    answer.rtt_us = stored.rtt_us;
    answer.reply_ttl = stored.reply_ttl;
    if (stored.quoted_ttl != 1) answer.quoted_ttl = stored.quoted_ttl;
    if (stored.quoted_tos != round_.plan_.tos) answer.quoted_tos = stored.quoted_tos;
    if (stored.kind == ReplyKind::other) answer.icmp_type = stored.icmp_type;
    if (stored.kind == ReplyKind::prohibited || stored.kind == ReplyKind::other_unreachable ||
        stored.kind == ReplyKind::other)
        answer.icmp_code = stored.icmp_code;
    if (stored.mtu != 0) answer.mtu = stored.mtu;
    if (stored.details == 0) return;
    auto const& [extensions, translation] = round_.details_[stored.details - 1u];
    answer.translation = translation;
    if (!extensions.labels.empty()) answer.labels = extensions.labels;
    if (!extensions.interfaces.empty()) answer.interfaces = extensions.interfaces;
    answer.node = extensions.node;
    if (!extensions.unknown.empty()) answer.objects = extensions.unknown;
}

void TraceAssembly::put_answers(std::vector<Path>& paths) const {
    for (auto const& stored : round_.answers_) {
        // There may be a remark about a packet that is still waited for.
        if (!counts(stored.packet)) continue;
        // A remark counts where nothing else came.
        if (stored.kind == ReplyKind::other &&
            round_.table_.state(stored.packet) == PacketState::answered)
            continue;
        auto& hops = paths[stored.packet.flow].hops;
        auto const hop = static_cast<std::size_t>(stored.packet.ttl - round_.plan_.first_hop);
        if (hop < hops.size()) fill(hops[hop].answers.emplace_back(), stored);
    }
}

void TraceAssembly::count_packets(Trace& trace) const {
    for (auto const& path : trace.paths) {
        for (auto const& hop : path.hops) {
            trace.packets.sent += hop.sent;
            trace.packets.answered += static_cast<std::uint32_t>(hop.answers.size());
        }
    }
    if (!under_way_) trace.packets.overshoot = round_.sent_ - trace.packets.sent;
}

}  // namespace dtrace::engine
