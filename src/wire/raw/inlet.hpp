#pragma once

#include "kernel_clock.hpp"

#include <dtrace/core/file_descriptor.hpp>
#include <dtrace/wire/raw_wire.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <ctime>
#include <memory>
#include <utility>
#include <vector>

namespace dtrace::wire {

/// What a socket lets in.
enum class Hears : std::uint8_t {
    replies,   ///< to our own packets
    requests,  ///< packets of other probes that measure this host
};

/// One receiving raw socket with room for a batch, described to the kernel once: a small one, until
/// so much comes at once that a large one is worth its memory.
class Inlet {
  public:
    static Result<Inlet> open(Family family, std::uint8_t protocol, Hears hears,
                              RawWireOptions const& options, Logger& log);

    [[nodiscard]] int descriptor() const { return socket_.get(); }

    /// The receive buffer that the kernel gave, in bytes.
    [[nodiscard]] int buffer_granted() const { return buffer_granted_; }

    /// Takes what is there, at most one batch, without waiting.
    Result<void> read();

    /// So there may be more.
    [[nodiscard]] bool batch_was_full() const { return count_ == slots_.size(); }
    /// So that more come soon.
    [[nodiscard]] bool batch_was_large() const { return count_ >= first_batch; }

    /// Appends what read() took. The packets' bytes stay valid until the next read().
    void append_to(std::vector<Datagram>& packets, KernelClock const& clock);

    /// As read(), but first asks the socket for what it lost: a packet tells only of those lost
    /// before it came.
    Result<void> read_with_losses();

    /// How many packets the socket has lost for want of room since the last call, as far as is
    /// known: see read_with_losses().
    std::uint32_t take_dropped() { return std::exchange(newly_dropped_, 0); }

    static constexpr std::size_t batch = 64;  ///< the largest

  private:
    static constexpr std::size_t first_batch = 16;
    /// What a reply needs to be understood lies within; a longer packet is cut off.
    static constexpr std::size_t packet_size = 2048;
    /// Not a power of two: the beginnings of all packets would share a few sets of the cache.
    static constexpr std::size_t packet_distance = packet_size + 64;

    /// Time, count of losses, hop limit; requests: destination, replies: traffic class.
    static constexpr std::size_t control_size =
        CMSG_SPACE(sizeof(timespec)) + CMSG_SPACE(sizeof(std::uint32_t)) + CMSG_SPACE(sizeof(int)) +
        std::max(CMSG_SPACE(sizeof(in6_pktinfo)), CMSG_SPACE(sizeof(int)));
    struct alignas(cmsghdr) Control {
        std::array<std::byte, control_size> bytes;
    };
    /// What is used of each for every packet lies together.
    struct alignas(64) Slot {
        iovec part;  ///< packet_size of buffer_
        Control control;
        sockaddr_storage source;  ///< IPv6: an IPv4 packet comes with its header
    };

    void make_room(std::size_t packets);
    Datagram packet(Slot const& slot, mmsghdr& message, KernelClock const& clock);
    void read_control(mmsghdr& message, Datagram& packet, KernelClock const& clock);
    [[nodiscard]] Result<std::uint32_t> ask_dropped() const;
    void count_dropped(std::uint32_t total, bool queue_was_long);

    FileDescriptor socket_;
    Family family_ = Family::ipv4;
    std::uint8_t protocol_ = 0;
    int buffer_granted_ = 0;
    std::unique_ptr<std::byte[]> buffer_;  ///< no page of it is touched before a packet comes
    std::vector<Slot> slots_;
    std::vector<mmsghdr> messages_;
    std::size_t count_ = 0;
    bool long_before_ = false;   ///< the batch before this one was of the largest
    bool long_since_ = false;    ///< a batch was full since the socket was last asked
    std::uint32_t dropped_ = 0;  ///< the socket's own count, which wraps
    std::uint32_t newly_dropped_ = 0;
};

}  // namespace dtrace::wire
