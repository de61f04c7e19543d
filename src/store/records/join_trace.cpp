#include "records/trace_record.hpp"

#include <utility>

namespace dtrace::store {

namespace {

Path joined(Path const& shape, std::span<HopSample const> hops, AnswerSample const*& answer) {
    Path path;
    path.flow = shape.flow;
    path.source_port = shape.source_port;
    path.destination_port = shape.destination_port;
    path.icmp_checksum = shape.icmp_checksum;
    path.reached = shape.reached;
    path.partial = shape.partial;
    path.hops.reserve(hops.size());
    for (std::size_t i = 0; i < hops.size(); ++i) {
        Hop& hop = path.hops.emplace_back();
        hop.ttl = shape.hops[i].ttl;
        hop.tunnel_hints = shape.hops[i].tunnel_hints;
        hop.sent = hops[i].sent;
        hop.answers.reserve(hops[i].answered);
        for (auto left = hops[i].answered; left > 0; --left, ++answer) {
            hop.answers.push_back(shape.hops[i].answers[answer->which]);
            hop.answers.back().rtt_us = answer->rtt_us;
        }
    }
    return path;
}

}  // namespace

void join(RecordSamples samples, std::span<StoredPath const* const> paths, Trace& trace) {
    trace.stop_reason = samples.stop_reason;
    trace.took_us = samples.took_us;
    trace.packets = samples.packets;
    trace.multipath = std::move(samples.multipath);
    trace.heard = std::move(samples.heard);
    trace.paths.clear();
    trace.paths.reserve(paths.size());
    std::span<HopSample const> hops(samples.hops);
    auto const* answer = samples.answers.data();
    for (StoredPath const* path : paths) {
        auto const count = path->shape.hops.size();
        trace.paths.push_back(joined(path->shape, hops.first(count), answer));
        hops = hops.subspan(count);
    }
}

}  // namespace dtrace::store
