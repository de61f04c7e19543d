#include <dtrace/engine/assemble_trace.hpp>

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
    for (std::size_t flow = 0; flow < round_.flows_.size(); ++flow)
        trace.paths.push_back(path_of(static_cast<FlowIndex>(flow)));
    put_answers(trace.paths);
    count_packets(trace);
    return trace;
}

StopReason TraceAssembly::stop_reason() const {
    if (round_.sent_ == 0 && round_.send_error_) return StopReason::error;
    bool const ended = round_.order_done_ && round_.waiting_.empty() && round_.resends_.empty();
    if (!ended) return StopReason::cancelled;
    // Completed only when every flow is; otherwise the reason that says most.
    StopReason worst = StopReason::completed;
    for (StopReason const reason :
         {StopReason::hop_limit, StopReason::gap_limit, StopReason::loop, StopReason::unreachable})
        if (std::ranges::any_of(round_.progress_,
                                [&](auto const& flow) { return flow.stop_reason() == reason; }))
            worst = reason;
    return worst;
}

Ttl TraceAssembly::last_hop_of(FlowIndex flow) const {
    auto const& plan = round_.plan_;
    Ttl last = round_.progress_[flow].last_wanted();
    auto const sent = [&](Ttl ttl) {
        return round_.table_.state(round_.table_.index_of({flow, ttl, 0})) != PacketState::unsent;
    };
    while (last > plan.first_hop && !sent(last))
        --last;
    return last;
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
        for (Attempt attempt = 0; attempt < round_.plan_.attempts; ++attempt) {
            auto const state = round_.table_.state(round_.table_.index_of({index, ttl, attempt}));
            if (state == PacketState::waiting || state == PacketState::answered ||
                state == PacketState::silent)
                ++hop.sent;
        }
        hop.answers.reserve(hop.sent);
        path.hops.push_back(std::move(hop));
    }
    return path;
}

Answer TraceAssembly::answer_of(Round::StoredAnswer const& stored) const {
    Answer answer;
    answer.from = round_.addresses_[stored.from];
    answer.kind = stored.kind;
    answer.rtt_us = stored.rtt_us;
    answer.reply_ttl = stored.reply_ttl;
    if (stored.quoted_ttl != 1) answer.quoted_ttl = stored.quoted_ttl;
    if (stored.kind == ReplyKind::prohibited || stored.kind == ReplyKind::other_unreachable)
        answer.icmp_code = stored.icmp_code;
    if (stored.mtu != 0) answer.mtu = stored.mtu;
    if (stored.labels != 0) answer.labels = round_.label_stacks_[stored.labels - 1u];
    return answer;
}

void TraceAssembly::put_answers(std::vector<Path>& paths) const {
    for (auto const& stored : round_.answers_) {
        Packet const packet = round_.table_.packet_of(stored.packet);
        auto& hops = paths[packet.flow].hops;
        auto const hop = static_cast<std::size_t>(packet.ttl - round_.plan_.first_hop);
        if (hop < hops.size()) hops[hop].answers.push_back(answer_of(stored));
    }
}

void TraceAssembly::count_packets(Trace& trace) const {
    for (auto const& path : trace.paths) {
        for (auto const& hop : path.hops) {
            trace.packets.sent += hop.sent;
            trace.packets.answered += static_cast<std::uint32_t>(hop.answers.size());
        }
    }
    trace.packets.overshoot = round_.sent_ - trace.packets.sent;
}

}  // namespace dtrace::engine
