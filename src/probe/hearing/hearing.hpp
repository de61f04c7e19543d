#pragma once

#include "hearing/hearing_log.hpp"

#include <dtrace/core/log.hpp>
#include <dtrace/model/trace.hpp>
#include <dtrace/wire/request_listener.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dtrace::probe {

/// Reads the listener into the log, and adds to traces what was heard. References must outlive it.
class Hearing {
  public:
    Hearing(wire::RequestListener& listener, Logger& log) : listener_(listener), log_(log) {}

    /// Until cancelled, or until the listener fails: from then on no trace tells anything.
    [[nodiscard]] boost::asio::awaitable<void> run();

    /// To a trace that has ended now. Reads what waits in the listener before.
    void tell(Trace& trace, TimePoint now);

  private:
    void take_in(wire::Arrivals const& arrivals, TimePoint now);
    void take_in_all(TimePoint now);
    void tell_lost(std::string_view reason, std::size_t packets);

    wire::RequestListener& listener_;
    Logger& log_;
    HearingLog heard_;
    bool listening_ = false;
    std::uint64_t losses_ = 0;
};

}  // namespace dtrace::probe
