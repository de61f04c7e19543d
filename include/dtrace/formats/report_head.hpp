#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/model/trace.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>

namespace dtrace::formats {

/// What reports of several rounds to one target have in common, in their JSON too.
struct ReportHead {
    TraceTarget target;
    std::optional<IpAddress> source;
    Method method = Method::udp;
    Timestamp started_at;
    std::uint64_t took_us = 0;
    std::uint32_t rounds = 0;

    void begin(Trace const& first) {
        target = first.target;
        source = first.source;
        method = first.method;
        started_at = first.started_at;
    }
};
BOOST_DESCRIBE_STRUCT(ReportHead, (), (target, source, method, started_at, took_us, rounds))

}  // namespace dtrace::formats
