#pragma once

#include "arrival_times.hpp"
#include "tun_device.hpp"

#include <dtrace/core/error.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/sim/network.hpp>

#include <boost/describe/class.hpp>

#include <array>
#include <cstdint>
#include <vector>

namespace dtrace::simulator {

/// How well the device kept the network's time.
struct PlaybackReport {
    std::uint64_t packets_read = 0;
    std::uint64_t arrivals_unknown = 0;  ///< taken for when they were read
    std::uint64_t replies_written = 0;
    std::uint64_t replies_refused = 0;     ///< by this host
    std::uint64_t replies_overflowed = 0;  ///< more were on the way than there is room for
    std::uint64_t lateness_median_us = 0;
    std::uint64_t lateness_p99_us = 0;  ///< 1000 stands for all above
    std::uint64_t lateness_max_us = 0;
    sim::Truth truth;
};
BOOST_DESCRIBE_STRUCT(PlaybackReport, (),
                      (packets_read, arrivals_unknown, replies_written, replies_refused,
                       replies_overflowed, lateness_median_us, lateness_p99_us, lateness_max_us,
                       truth))

/// Answers a device's packets from a network, each reply at its time. One thread, no lock.
class Playback {
  public:
    /// `arrivals`: tells when the device's packets came; none: they come when they are read.
    /// `spin`: do not sleep through the last 100 µs before a reply is due.
    Playback(TunDevice& device, ArrivalTimes* arrivals, sim::Network& network, bool spin)
        : device_(device), arrivals_(arrivals), network_(network), spin_(spin) {}

    /// Until `end`, or until SIGINT or SIGTERM, which block_stop_signals() has blocked.
    Result<void> run(TimePoint end);

    [[nodiscard]] PlaybackReport report() const;

    /// To be called before anything could send them.
    static void block_stop_signals();

    /// Asks for real-time scheduling of this process.
    static Result<void> go_first();

  private:
    struct Reply {
        TimePoint due;
        std::uint64_t number = 0;  ///< keeps the order of those due at once
        std::vector<std::byte> bytes;
    };
    static bool is_later(Reply const& a, Reply const& b);

    Result<bool> take_packet();
    void write_due();
    void wait(TimePoint end);

    TunDevice& device_;
    ArrivalTimes* arrivals_;
    sim::Network& network_;
    bool spin_;
    std::vector<Reply> on_the_way_;  ///< a heap, the next one due in front
    std::uint64_t numbered_ = 0;
    TimePoint last_arrival_ = Clock::now();
    std::array<std::byte, 65536> buffer_{};
    std::array<std::uint64_t, 1001> lateness_{};  ///< how many replies by whole microseconds
    PlaybackReport counts_;
};

}  // namespace dtrace::simulator
