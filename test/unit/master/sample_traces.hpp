#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/trace.hpp>

#include <string>

namespace dtrace::test {

/// What a probe would report of a two-hop path, now.
inline Trace sample_trace(std::string const& probe, Uuid measurement,
                          Timestamp started_at = wall_clock_now()) {
    auto const address = [](char const* text) { return boost::asio::ip::make_address(text); };
    Trace trace;
    trace.id = make_uuid_v7(started_at);
    trace.probe = probe;
    trace.measurement = MeasurementName{.id = measurement, .name = "sample"};
    trace.target = {.host = "www.example.net", .address = address("192.0.2.9")};
    trace.source = address("198.51.100.1");
    trace.started_at = started_at;
    trace.took_us = 51'234;
    Path path;
    path.source_port = Port{24'000};
    path.destination_port = Port{33'434};
    path.reached = true;
    Answer router;
    router.from = address("192.0.2.1");
    router.rtt_us = 123;
    router.reply_ttl = 64;
    Answer target = router;
    target.from = address("192.0.2.9");
    target.kind = ReplyKind::port_unreachable;
    path.hops = {{.ttl = 1, .sent = 3, .answers = {router, router}},
                 {.ttl = 2, .sent = 3, .answers = {target}}};
    trace.paths = {path};
    trace.packets.sent = 6;
    trace.packets.answered = 3;
    return trace;
}

}  // namespace dtrace::test
