#pragma once

#include "kernel_tables.hpp"
#include "next_hops.hpp"
#include "raw_sender.hpp"

#include <dtrace/wire/wire.hpp>

#include <sys/socket.h>

#include <memory>
#include <vector>

namespace dtrace::wire {

/// Packets out past the kernel's IP layer, one sendmmsg() for each run; those that need the kernel
/// (to this host itself, through a tunnel, to a neighbour not known yet) by the raw sender.
class PacketSender {
  public:
    static Result<std::unique_ptr<PacketSender>> open(RawWireOptions const& options, Logger& log);

    SendOutcome send(std::span<OutgoingPacket const> batch);

  private:
    PacketSender(Descriptor socket, KernelTables tables, std::unique_ptr<RawSender> raw);

    void describe(std::size_t slot, OutgoingPacket const& packet, NextHop const& hop);
    SendOutcome send_frames(std::span<OutgoingPacket const> run);

    Descriptor socket_;
    NextHops<KernelTables> hops_;
    std::unique_ptr<RawSender> raw_;
    /// The kernel's description of a batch, allocated once.
    std::vector<mmsghdr> messages_;
    std::vector<iovec> parts_;
};

}  // namespace dtrace::wire
