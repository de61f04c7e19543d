#pragma once

#include <dtrace/core/file_descriptor.hpp>
#include <dtrace/wire/raw_wire.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <span>
#include <vector>

namespace dtrace::wire {

/// Complete packets out, one sendmmsg() for each run of the same family.
class RawSender {
  public:
    static Result<std::unique_ptr<RawSender>> open(RawWireOptions const& options, Logger& log);

    SendOutcome send(std::span<OutgoingPacket const> batch);

    /// Of one family, as the lane that it is used in.
    union Destination {
        sockaddr_in6 v6{};
        sockaddr_in v4;
    };

  private:
    /// The socket of one family, and the kernel's description of a batch: room for the largest so
    /// far.
    struct Lane {
        FileDescriptor socket;
        socklen_t address_size = 0;
        std::vector<mmsghdr> messages;
        std::vector<iovec> parts;
        std::vector<Destination> destinations;

        SendOutcome send(std::span<OutgoingPacket const> run);
        void make_room(std::size_t packets);
        void describe(std::span<OutgoingPacket const> run);
    };
    static Result<Lane> open_lane(Family family, RawWireOptions const& options);

    Lane ipv4_;
    Lane ipv6_;
};

}  // namespace dtrace::wire
