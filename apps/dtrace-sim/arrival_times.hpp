#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/file_descriptor.hpp>
#include <dtrace/core/time.hpp>

#include <array>
#include <cstddef>
#include <ctime>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace dtrace::simulator {

/// When this host sent each packet into a device, as the kernel stamped it: who reads the device
/// knows only when he got to run. By a packet socket that sees the same packets on their way.
class ArrivalTimes {
  public:
    /// Needs CAP_NET_RAW.
    [[nodiscard]] static Result<ArrivalTimes> open(std::string const& device);

    /// Of a packet that was read from the device just now, never too early; none: nobody saw it, or
    /// not when.
    [[nodiscard]] std::optional<TimePoint> of(std::span<std::byte const> packet);

  private:
    /// Enough of a packet to tell it from others: headers, and what varies behind them.
    static constexpr std::size_t head_size = 64;
    struct Seen {
        std::array<std::byte, head_size> head;
        std::size_t size;
        timespec stamp;
    };

    explicit ArrivalTimes(FileDescriptor socket) : socket_(std::move(socket)) {}
    std::optional<Seen> see();

    FileDescriptor socket_;
    std::deque<Seen> unclaimed_;  ///< another one was read first, or the device had no room for it
};

}  // namespace dtrace::simulator
