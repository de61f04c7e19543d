#pragma once

#include "kernel_clock.hpp"
#include "raw/inlet.hpp"
#include "ready_set.hpp"

#include <dtrace/wire/raw_wire.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace dtrace::wire {

/// Packets in: raw sockets that are waited for together, for replies of ICMP, ICMPv6 and TCP, for
/// requests of UDP too. Each turn takes up to one batch from every ready socket: none starves
/// another.
///
/// A socket that is watched costs the kernel a wake-up per packet. So one that gave many at once is
/// watched no more, but read in each turn of this thread's until it gave nothing in one.
class RawReceiver {
  public:
    static Result<std::unique_ptr<RawReceiver>> open(boost::asio::any_io_executor executor,
                                                     Hears hears, RawWireOptions const& options,
                                                     Logger& log);

    boost::asio::awaitable<Result<Arrivals>> receive();

    /// As RequestListener::look().
    Result<Arrivals> look();

  private:
    struct Source {
        Inlet inlet;
        bool watched = false;
        bool was_read = false;  ///< in this turn
    };
    enum class Next : std::uint8_t {
        when_ready,
        after_the_others,  ///< that run on this thread: a busy socket gave something
        at_once,           ///< a batch was full
    };

    RawReceiver(ReadySet ready, std::vector<Source> sources);
    static void check_buffers(std::vector<Source> const& sources, int asked, Logger& log);

    boost::asio::awaitable<Result<void>> wait();
    Result<void> watch_all();
    Result<void> read_all();
    Result<Arrivals> take();

    std::vector<Source> sources_;
    ReadySet ready_;
    KernelClock clock_;
    std::vector<Datagram> packets_;
    Next next_ = Next::when_ready;
    Next last_ = Next::when_ready;  ///< what this turn was
};

}  // namespace dtrace::wire
