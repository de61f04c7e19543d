#pragma once

#include "packet/netlink_message.hpp"

#include <dtrace/core/error.hpp>
#include <dtrace/core/file_descriptor.hpp>
#include <dtrace/wire/interface.hpp>

namespace dtrace::wire {

/// The kernel's routes and neighbours, asked through rtnetlink. The kernel answers within the call
/// that asks; no privilege is needed.
class KernelTables {
  public:
    /// With an `interface`, routes are those through it.
    static Result<KernelTables> open(InterfaceIndex interface = 0);

    [[nodiscard]] std::optional<RouteAnswer> route(IpAddress const& destination);
    [[nodiscard]] std::optional<NeighbourAnswer> neighbour(std::uint32_t interface,
                                                           IpAddress const& address);
    /// What our own frames through an Ethernet interface come from; none for other kinds.
    [[nodiscard]] std::optional<HardwareAddress> own_address(std::uint32_t interface);

    /// What has changed since the last call.
    [[nodiscard]] TableChanges changes();

  private:
    KernelTables(FileDescriptor questions, FileDescriptor notices, InterfaceIndex interface)
        : questions_(std::move(questions)), notices_(std::move(notices)), interface_(interface) {}

    [[nodiscard]] std::span<std::byte const> ask(std::vector<std::byte> const& question);

    FileDescriptor questions_;
    FileDescriptor notices_;
    InterfaceIndex interface_;
    std::uint32_t sequence_ = 0;
    std::array<std::byte, 8192> buffer_{};
};

}  // namespace dtrace::wire
