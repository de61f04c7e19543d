#pragma once

#include <dtrace/packet/encode_packet.hpp>

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace dtrace::bench {

/// Where frames go, and what stands before their packets.
struct Link {
    int interface;
    ethhdr header;
};

/// Packets that are ready for sendmmsg(), and nothing else: what the kernel costs.
class PreparedPackets {
  public:
    /// One packet for each flow at each TTL from 1 to `hops`, neighbours to different targets; with
    /// `link` whole frames, for a packet socket.
    PreparedPackets(std::vector<Flow> const& flows, Ttl hops, std::optional<Link> const& link)
        : link_(link) {
        auto const count = flows.size() * hops;
        bytes_.resize(count);
        parts_.resize(count);
        targets_.resize(count);
        messages_.resize(count);
        std::size_t i = 0;
        for (Ttl ttl = 1; ttl <= hops; ++ttl)
            for (auto const& flow : flows)
                prepare(i++, flow, ttl);
    }

    [[nodiscard]] mmsghdr* at(std::size_t i) { return &messages_[i]; }
    [[nodiscard]] std::size_t size() const { return messages_.size(); }

  private:
    void prepare(std::size_t i, Flow const& flow, Ttl ttl) {
        packet::FlowEncoder const encoder(flow, {});
        auto const tag = packet::usable_tag({.ttl = ttl, .ticks = 77}, encoder.mask());
        msghdr& header = messages_[i].msg_hdr;
        header.msg_iov = &parts_[i];
        header.msg_iovlen = 1;
        std::span<std::byte> const bytes(bytes_[i]);
        if (link_) {
            std::memcpy(bytes.data(), &link_->header, ETH_HLEN);
            parts_[i] = {bytes.data(), ETH_HLEN + encoder.encode(tag, bytes.subspan(ETH_HLEN))};
            return;
        }
        parts_[i] = {bytes.data(), encoder.encode(tag, bytes)};
        targets_[i].sin_family = AF_INET;
        targets_[i].sin_addr.s_addr = htonl(flow.destination.to_v4().to_uint());
        header.msg_name = &targets_[i];
        header.msg_namelen = sizeof targets_[i];
    }

    std::optional<Link> link_;
    std::vector<std::array<std::byte, ETH_HLEN + packet::max_packet_size>> bytes_;
    std::vector<iovec> parts_;
    std::vector<sockaddr_in> targets_;
    std::vector<mmsghdr> messages_;
};

/// A raw or packet socket, closed at the end.
class BareSocket {
  public:
    BareSocket(int family, int type, int protocol)
        : descriptor_(::socket(family, type | SOCK_CLOEXEC, protocol)) {
        if (descriptor_ < 0) throw std::runtime_error("a raw socket needs CAP_NET_RAW");
    }
    BareSocket(BareSocket const&) = delete;
    BareSocket& operator=(BareSocket const&) = delete;
    ~BareSocket() { ::close(descriptor_); }

    void set(int level, int option, int value) const {
        if (::setsockopt(descriptor_, level, option, &value, sizeof value) < 0)
            throw std::runtime_error("socket option " + std::to_string(option));
    }
    [[nodiscard]] int get() const { return descriptor_; }

  private:
    int descriptor_;
};

inline constexpr unsigned bare_batch = 64;

/// sendmmsg() over and over. Returns how many packets went out.
class BareSender {
  public:
    /// By a raw socket, or with `link` by a packet socket bound to it.
    explicit BareSender(std::optional<Link> const& link)
        : socket_(link ? AF_PACKET : AF_INET, SOCK_RAW, link ? 0 : IPPROTO_RAW) {
        socket_.set(SOL_SOCKET, SO_SNDBUFFORCE, 1 << 20);
        if (!link) return;
        socket_.set(SOL_PACKET, PACKET_QDISC_BYPASS, 1);
        sockaddr_ll place{};
        place.sll_family = AF_PACKET;
        place.sll_ifindex = link->interface;
        auto const* const address = reinterpret_cast<sockaddr const*>(&place);
        if (::bind(socket_.get(), address, sizeof place) < 0) throw std::runtime_error("bind");
    }

    /// The next batch of `packets`, from `at` on.
    unsigned send(PreparedPackets& packets, std::size_t& at) const {
        auto const left = packets.size() - at;
        auto const wanted = left < bare_batch ? static_cast<unsigned>(left) : bare_batch;
        int const count = ::sendmmsg(socket_.get(), packets.at(at), wanted, 0);
        if (count <= 0) throw std::runtime_error("sendmmsg");
        at = (at + static_cast<std::size_t>(count)) % packets.size();
        return static_cast<unsigned>(count);
    }

  private:
    BareSocket socket_;
};

/// recvmmsg() until nothing is there.
class BareReceiver {
  public:
    BareReceiver() : socket_(AF_INET, SOCK_RAW, IPPROTO_ICMP) {
        socket_.set(SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20);
        for (unsigned i = 0; i < bare_batch; ++i) {
            parts_[i] = {bytes_[i].data(), bytes_[i].size()};
            messages_[i].msg_hdr.msg_iov = &parts_[i];
            messages_[i].msg_hdr.msg_iovlen = 1;
        }
    }

    std::uint64_t drain() {
        std::uint64_t total = 0;
        for (;;) {
            int const count =
                ::recvmmsg(socket_.get(), messages_.data(), bare_batch, MSG_DONTWAIT, nullptr);
            if (count <= 0) return total;
            total += static_cast<unsigned>(count);
            if (static_cast<unsigned>(count) < bare_batch) return total;
        }
    }

  private:
    BareSocket socket_;
    std::array<std::array<std::byte, 2048>, bare_batch> bytes_;
    std::array<iovec, bare_batch> parts_{};
    std::array<mmsghdr, bare_batch> messages_{};
};

}  // namespace dtrace::bench
