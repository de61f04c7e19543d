#pragma once

#include <dtrace/address_info/address_book.hpp>
#include <dtrace/app/options.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/probe/round_runner.hpp>

#include <boost/asio/awaitable.hpp>

namespace dtrace::wire {
class Resolver;
}

namespace dtrace::app {

/// What `trace --report` and `trace --live` do once sockets are open: rounds to the one host, a
/// page on the terminal after each with `--live`, and what they came to on standard output in the
/// end. They end after `--rounds`, at the key q, or when cancelled. The exit status.
[[nodiscard]] boost::asio::awaitable<int> repeat_rounds(TraceOptions const& options,
                                                        probe::RoundRunner& rounds,
                                                        wire::Resolver& resolver,
                                                        address_info::AddressBook const& addresses,
                                                        Logger& log);

}  // namespace dtrace::app
