#pragma once

#include "address_key.hpp"

#include <dtrace/core/ip.hpp>
#include <dtrace/packet/byte_view.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dtrace::sim {

/// An IP packet on its way: its bytes, kept true through all changes, and what routers look at.
/// Loading reuses the memory of the packet before.
class Parcel {
  public:
    /// False, and nothing may be asked, unless `bytes` is one whole IP packet whose lengths and
    /// IPv4 header checksum are true.
    [[nodiscard]] bool load(packet::ByteView bytes);

    [[nodiscard]] packet::ByteView bytes() const { return bytes_; }
    [[nodiscard]] Family family() const { return family_; }
    [[nodiscard]] IpAddress source() const { return address_of(source_); }
    [[nodiscard]] IpAddress destination() const { return address_of(destination_); }
    [[nodiscard]] AddressKey source_key() const { return source_; }
    [[nodiscard]] AddressKey destination_key() const { return destination_; }

    /// Behind the IP header and its extensions; without meaning in later fragments.
    [[nodiscard]] packet::ByteView transport() const {
        return packet::ByteView(bytes_).subspan(transport_at_);
    }
    [[nodiscard]] std::uint8_t protocol() const { return protocol_; }
    /// A fragment that does not begin its packet: no transport header to look at.
    [[nodiscard]] bool is_later_fragment() const { return later_fragment_; }
    [[nodiscard]] bool may_be_fragmented() const { return may_be_fragmented_; }
    /// The transport checksum, where the protocol has one.
    [[nodiscard]] bool transport_intact() const;

    [[nodiscard]] std::uint8_t ttl() const;
    void set_ttl(std::uint8_t ttl);
    void set_tos(std::uint8_t tos);
    void set_source(IpAddress const& address);
    void set_destination(IpAddress const& address);

    /// What per-flow balancers hash: addresses, protocol, the first four bytes of the transport
    /// header (ports, or ICMP's type, code and checksum) and IPv6's flow label.
    [[nodiscard]] std::uint64_t flow_hash() const;
    [[nodiscard]] std::uint64_t destination_hash() const;

    /// For changing quoted parts; checksums are the caller's to keep true.
    [[nodiscard]] std::span<std::byte> writable() { return bytes_; }

  private:
    void replace_ipv4_byte(std::size_t at, std::byte value);
    bool read_ipv4();
    bool read_ipv6();

    std::vector<std::byte> bytes_;
    AddressKey source_, destination_;
    std::size_t transport_at_ = 0;
    std::uint32_t flow_label_ = 0;
    Family family_ = Family::ipv4;
    std::uint8_t protocol_ = 0;
    bool later_fragment_ = false;
    bool may_be_fragmented_ = false;
};

}  // namespace dtrace::sim
