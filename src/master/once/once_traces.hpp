#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/trace.hpp>
#include <dtrace/store/trace_store.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace dtrace::master {

/// Probes that one measurement on demand can ask.
inline constexpr std::uint32_t most_once_probes = 1'000;

/// What these probes have reported of a measurement on demand, the oldest first.
[[nodiscard]] boost::asio::awaitable<Result<store::Readable<Trace>>> once_traces(
    store::TraceStore& traces, Uuid id, std::vector<std::string> probes);

}  // namespace dtrace::master
