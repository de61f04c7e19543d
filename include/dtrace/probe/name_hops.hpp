#pragma once

#include <dtrace/core/log.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/model/trace.hpp>

#include <boost/asio/awaitable.hpp>

namespace dtrace::wire {
class Resolver;
}

namespace dtrace::probe {

/// The trace with the reverse names of its answers filled in, as far as they are known within
/// `limit`; an answer that has a name keeps it. All addresses are asked for at once, each one once;
/// what comes later is given up (the resolver's cache has it for the next trace). When the caller
/// is cancelled the trace comes back with the names known so far.
[[nodiscard]] boost::asio::awaitable<Trace> name_hops(Trace trace, wire::Resolver& resolver,
                                                      Duration limit, Logger& log);

}  // namespace dtrace::probe
