#pragma once

#include "packet/kernel_tables.hpp"
#include "packet/next_hops.hpp"
#include "raw/raw_sender.hpp"

#include <dtrace/wire/wire.hpp>

#include <linux/if_packet.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <vector>

namespace dtrace::wire {

/// Packets out past the kernel's IP layer, one sendmmsg() for each run; those that need the kernel
/// (to this host itself, through a tunnel, to a neighbour not known yet) by the raw sender. The
/// socket is bound to the interface that was used first: the kernel then need not be told with each
/// frame where it goes, nor look for that.
class PacketSender {
  public:
    static Result<std::unique_ptr<PacketSender>> open(RawWireOptions const& options, Logger& log);

    SendOutcome send(std::span<OutgoingPacket const> batch);

  private:
    PacketSender(FileDescriptor socket, KernelTables tables, std::unique_ptr<RawSender> raw);

    /// A frame, and its interface where the socket is bound to another. Longer packets than probes
    /// are the raw sender's.
    struct Frame {
        std::array<std::byte, 128> bytes;
        sockaddr_ll place;
    };
    static constexpr std::size_t longest_packet = sizeof(Frame::bytes) - sizeof(ethhdr);

    void bind_to(std::uint32_t interface);
    void describe(std::size_t slot, OutgoingPacket const& packet, NextHop const& hop);
    SendOutcome send_frames(std::span<OutgoingPacket const> run);

    FileDescriptor socket_;
    std::uint32_t bound_to_ = 0;  ///< an interface; 0: not yet
    NextHops<KernelTables> hops_;
    std::unique_ptr<RawSender> raw_;
    /// The kernel's description of a batch, allocated once.
    std::vector<mmsghdr> messages_;
    std::vector<iovec> parts_;
    std::vector<Frame> frames_;
};

}  // namespace dtrace::wire
