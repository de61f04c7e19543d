#pragma once

#include "hearing/hearing_log.hpp"

#include <dtrace/core/log.hpp>
#include <dtrace/model/trace.hpp>
#include <dtrace/wire/request_listener.hpp>

#include <boost/asio/awaitable.hpp>

namespace dtrace::probe {

/// Reads the listener into the log, and adds to traces what was heard. References must outlive it.
class Hearing {
  public:
    Hearing(wire::RequestListener& listener, Logger& log) : listener_(listener), log_(log) {}

    /// Until cancelled, or until the listener fails: from then on no trace tells anything.
    [[nodiscard]] boost::asio::awaitable<void> run();

    /// To a trace that has ended now.
    void tell(Trace& trace, TimePoint now);

  private:
    void take_in(wire::Arrivals const& arrivals, TimePoint now);

    wire::RequestListener& listener_;
    Logger& log_;
    HearingLog heard_;
    bool listening_ = false;
};

}  // namespace dtrace::probe
