#pragma once

#include <dtrace/packet/encode_packet.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace dtrace::bench {

/// Packets that are ready for sendmmsg(), and nothing else: what the kernel costs.
class PreparedPackets {
  public:
    /// One packet for each flow at each TTL from 1 to `hops`, neighbours to different targets.
    PreparedPackets(std::vector<Flow> const& flows, Ttl hops) {
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
        parts_[i] = {bytes_[i].data(), encoder.encode(tag, bytes_[i])};
        targets_[i].sin_family = AF_INET;
        targets_[i].sin_addr.s_addr = htonl(flow.destination.to_v4().to_uint());
        messages_[i].msg_hdr.msg_name = &targets_[i];
        messages_[i].msg_hdr.msg_namelen = sizeof targets_[i];
        messages_[i].msg_hdr.msg_iov = &parts_[i];
        messages_[i].msg_hdr.msg_iovlen = 1;
    }

    std::vector<std::array<std::byte, packet::max_packet_size>> bytes_;
    std::vector<iovec> parts_;
    std::vector<sockaddr_in> targets_;
    std::vector<mmsghdr> messages_;
};

/// A raw socket, closed at the end.
class RawSocket {
  public:
    explicit RawSocket(int protocol)
        : descriptor_(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, protocol)) {
        if (descriptor_ < 0) throw std::runtime_error("a raw socket needs CAP_NET_RAW");
    }
    RawSocket(RawSocket const&) = delete;
    RawSocket& operator=(RawSocket const&) = delete;
    ~RawSocket() { ::close(descriptor_); }

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
    BareSender() : socket_(IPPROTO_RAW) { socket_.set(SOL_SOCKET, SO_SNDBUFFORCE, 1 << 20); }

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
    RawSocket socket_;
};

/// recvmmsg() until nothing is there.
class BareReceiver {
  public:
    BareReceiver() : socket_(IPPROTO_ICMP) {
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
    RawSocket socket_;
    std::array<std::array<std::byte, 2048>, bare_batch> bytes_;
    std::array<iovec, bare_batch> parts_{};
    std::array<mmsghdr, bare_batch> messages_{};
};

}  // namespace dtrace::bench
