#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/model/trace.hpp>

#include <boost/asio/awaitable.hpp>

namespace dtrace::wire {
class Resolver;
}

namespace dtrace::probe {

/// The trace with the reverse names of its answers filled in, as far as they are known within
/// `limit`. All addresses are asked for at once, each one once; what comes later is given up.
/// Cancellable: the trace then comes back with the names known so far.
[[nodiscard]] boost::asio::awaitable<Trace> name_hops(Trace trace, wire::Resolver& resolver,
                                                      Duration limit);

}  // namespace dtrace::probe
