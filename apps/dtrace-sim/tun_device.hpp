#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/file_descriptor.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/core/prefix.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace dtrace::simulator {

/// A TUN device of whole IP packets, non-blocking; it vanishes with its owner. Needs CAP_NET_ADMIN.
class TunDevice {
  public:
    [[nodiscard]] static Result<TunDevice> open(std::string const& name);

    /// Gives this host an address on the device.
    [[nodiscard]] Result<void> add_address(IpAddress const& address);
    [[nodiscard]] Result<void> bring_up();
    /// Sends the block's packets into the device, which is up.
    [[nodiscard]] Result<void> add_route(Prefix const& block);

    [[nodiscard]] int descriptor() const { return device_.get(); }

    /// The size of the packet; 0 when there is none now.
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> into);
    /// False when the host refuses it.
    bool write(std::span<std::byte const> packet);

  private:
    TunDevice(std::string name, FileDescriptor device)
        : name_(std::move(name)), device_(std::move(device)) {}

    std::string name_;
    FileDescriptor device_;
    unsigned ipv4_addresses_ = 0;
};

}  // namespace dtrace::simulator
