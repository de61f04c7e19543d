#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/wire/wire.hpp>

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

namespace dtrace::test {

/// Packets made by hand, to test the wire without trusting what the product sends through it.
/// All go from the loopback address to itself. `id` is the source port, or the checksum that an
/// echo request shall have; `port` the destination port, or the echo request's identifier.
class CraftedPacket {
  public:
    enum class Kind : std::uint8_t { udp, tcp_syn, echo };

    CraftedPacket(Family family, Kind kind, std::uint16_t id, std::uint16_t port,
                  std::size_t payload = 0)
        : address_(family == Family::ipv4 ? IpAddress(IpV4::loopback())
                                          : IpAddress(IpV6::loopback())) {
        bytes_.resize(address_.is_v4() ? 20 : 40);
        std::size_t const transport = bytes_.size();
        switch (kind) {
            case Kind::udp:
                add16({id, port, static_cast<std::uint16_t>(8 + payload), 0});
                break;
            case Kind::tcp_syn:
                add16({id, port, 0, 0, 0, 0, 0x5002, 1024, 0, 0});
                break;
            case Kind::echo:
                add16({static_cast<std::uint16_t>(address_.is_v4() ? 0x0800 : 0x8000), 0, port, 0});
                break;
        }
        bytes_.resize(bytes_.size() + payload);
        std::uint8_t const protocol = protocol_of(kind);
        std::size_t const sum_at = transport + (kind == Kind::udp       ? 6u
                                                : kind == Kind::tcp_syn ? 16u
                                                                        : 2u);
        bool const pseudo_header = kind != Kind::echo || address_.is_v6();
        if (kind == Kind::echo) {
            // The sequence number that makes the checksum true.
            put16(sum_at, id);
            put16(transport + 6, checksum(transport, pseudo_header ? protocol : 0));
        } else {
            put16(sum_at, checksum(transport, pseudo_header ? protocol : 0));
        }
        fill_ip_header(protocol);
    }

    void destination(IpAddress address) { address_ = address; }
    void hops_left(std::uint8_t hops) { bytes_[address_.is_v4() ? 8 : 7] = hops; }

    [[nodiscard]] wire::OutgoingPacket outgoing() const {
        return {std::as_bytes(std::span(bytes_)), address_};
    }

  private:
    std::uint8_t protocol_of(Kind kind) const {
        if (kind == Kind::udp) return 17;
        if (kind == Kind::tcp_syn) return 6;
        return address_.is_v4() ? 1 : 58;
    }

    void add16(std::initializer_list<std::uint16_t> values) {
        for (std::uint16_t value : values) {
            bytes_.push_back(static_cast<std::uint8_t>(value >> 8));
            bytes_.push_back(static_cast<std::uint8_t>(value));
        }
    }

    void put16(std::size_t at, std::uint16_t value) {
        bytes_[at] = static_cast<std::uint8_t>(value >> 8);
        bytes_[at + 1] = static_cast<std::uint8_t>(value);
    }

    std::uint16_t checksum(std::size_t from, std::uint8_t pseudo_protocol) const {
        std::uint32_t sum = 0;
        auto const add = [&sum](auto const& bytes, std::size_t first) {
            for (std::size_t i = first; i < bytes.size(); ++i)
                sum += static_cast<std::uint32_t>(bytes[i] << ((i - first) % 2 == 0 ? 8 : 0));
        };
        add(bytes_, from);
        if (pseudo_protocol != 0) {
            for (int twice = 0; twice < 2; ++twice) {
                if (address_.is_v4())
                    add(address_.to_v4().to_bytes(), 0);
                else
                    add(address_.to_v6().to_bytes(), 0);
            }
            sum += static_cast<std::uint32_t>(bytes_.size() - from) + pseudo_protocol;
        }
        while (sum >> 16 != 0)
            sum = (sum & 0xffff) + (sum >> 16);
        return static_cast<std::uint16_t>(~sum);
    }

    void fill_ip_header(std::uint8_t protocol) {
        if (address_.is_v4()) {
            bytes_[0] = 0x45;
            put16(2, static_cast<std::uint16_t>(bytes_.size()));
            put16(4, 0x1234);
            bytes_[6] = 0x40;  // don't fragment
            bytes_[8] = 64;
            bytes_[9] = protocol;
            for (std::size_t at : {12u, 16u})
                put_address(at, address_.to_v4().to_bytes());
        } else {
            bytes_[0] = 0x60;
            put16(4, static_cast<std::uint16_t>(bytes_.size() - 40));
            bytes_[6] = protocol;
            bytes_[7] = 64;
            for (std::size_t at : {8u, 24u})
                put_address(at, address_.to_v6().to_bytes());
        }
    }

    template <class Bytes>
    void put_address(std::size_t at, Bytes const& address) {
        std::copy(address.begin(), address.end(), bytes_.begin() + static_cast<long>(at));
    }

    IpAddress address_;
    std::vector<std::uint8_t> bytes_;
};

}  // namespace dtrace::test
