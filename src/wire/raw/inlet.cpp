#include "raw/inlet.hpp"

#include "kernel_message.hpp"
#include "raw_socket.hpp"
#include "sent_fields.hpp"

#include <dtrace/core/log.hpp>

#include <linux/sock_diag.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace dtrace::wire {

namespace {

constexpr std::size_t ipv4_source = 12;  ///< in the header

std::string_view protocol_name(std::uint8_t protocol) {
    switch (protocol) {
        case IPPROTO_ICMP:
            return "icmp";
        case IPPROTO_ICMPV6:
            return "icmpv6";
        case IPPROTO_UDP:
            return "udp";
        default:
            return "tcp";
    }
}

SocketFilter filter_of(Family family, std::uint8_t protocol, Hears hears, PortRange ports) {
    if (hears == Hears::requests) return request_filter(family, protocol, ports);
    return protocol == IPPROTO_TCP ? tcp_reply_filter(family, ports)
                                   : icmp_reply_filter(family, ports);
}

Result<void> set_up(FileDescriptor const& socket, Family family, Hears hears) {
    if (auto set = set_option(socket, SOL_SOCKET, SO_TIMESTAMPNS, 1); !set) return set;
    if (auto set = set_option(socket, SOL_SOCKET, SO_RXQ_OVFL, 1); !set) return set;
    if (family == Family::ipv4) return {};
    if (auto set = set_option(socket, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1); !set) return set;
    int const other = hears == Hears::requests ? IPV6_RECVPKTINFO : IPV6_RECVTCLASS;
    return set_option(socket, IPPROTO_IPV6, other, 1);
}

}  // namespace

Result<Inlet> Inlet::open(Family family, std::uint8_t protocol, Hears hears,
                          RawWireOptions const& options, Logger& log) {
    auto socket =
        open_raw_socket(family, protocol, filter_of(family, protocol, hears, options.ports));
    if (!socket) return socket.error();
    int const granted = enlarge(*socket, Buffer::receive, options.receive_buffer);
    log.debug(
        "receive buffer",
        {{"family", to_text(family)}, {"protocol", protocol_name(protocol)}, {"granted", granted}});
    if (auto done = set_up(*socket, family, hears); !done) return done.error();
    Inlet inlet;
    inlet.socket_ = std::move(*socket);
    inlet.family_ = family;
    inlet.protocol_ = protocol;
    inlet.buffer_granted_ = granted;
    inlet.make_room(first_batch);
    // What was dropped before the filter was somebody else's.
    auto const dropped = inlet.ask_dropped();
    if (dropped)
        inlet.dropped_ = *dropped;
    else if (hears == Hears::requests)  // without losses, nothing could be told
        return dropped.error();
    return inlet;
}

void Inlet::make_room(std::size_t packets) {
    buffer_ = std::make_unique_for_overwrite<std::byte[]>(packets * packet_distance);
    slots_.resize(packets);
    messages_.resize(packets);
    for (std::size_t i = 0; i < packets; ++i) {
        Slot& slot = slots_[i];
        slot.part = {buffer_.get() + i * packet_distance, packet_size};
        msghdr& header = messages_[i].msg_hdr;
        if (family_ == Family::ipv6) {
            header.msg_name = &slot.source;
            header.msg_namelen = sizeof slot.source;
        }
        header.msg_iov = &slot.part;
        header.msg_iovlen = 1;
        header.msg_control = slot.control.bytes.data();
        header.msg_controllen = slot.control.bytes.size();
    }
}

Result<void> Inlet::read() {
    // The kernel wrote its lengths over ours in the messages that it used.
    for (std::size_t i = 0; i < count_; ++i) {
        if (family_ == Family::ipv6) messages_[i].msg_hdr.msg_namelen = sizeof(sockaddr_storage);
        messages_[i].msg_hdr.msg_controllen = sizeof(Control::bytes);
    }
    long_before_ = count_ == batch;
    if (batch_was_full() && count_ < batch) make_room(batch);
    count_ = 0;
    // Twice, because a pending error of the socket (an ICMP error for somebody else's packet) is
    // told once instead of what is queued.
    for (int attempt = 0; attempt < 2; ++attempt) {
        int const count = recvmmsg(socket_.get(), messages_.data(),
                                   static_cast<unsigned>(messages_.size()), MSG_DONTWAIT, nullptr);
        if (count >= 0) {
            count_ = static_cast<std::size_t>(count);
            long_since_ = long_since_ || batch_was_full();
            return {};
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {};
    }
    return errno_error("cannot receive from a raw socket");
}

/// Asked before reading: what had no room by then stood behind a queue that was read since the last
/// time, or is read now.
Result<void> Inlet::read_with_losses() {
    auto const dropped = ask_dropped();
    if (!dropped) return dropped.error();
    if (auto done = read(); !done) return done;
    count_dropped(*dropped, long_since_);
    long_since_ = batch_was_full();
    return {};
}

Result<std::uint32_t> Inlet::ask_dropped() const {
    std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
    socklen_t size = sizeof memory;
    if (getsockopt(socket_.get(), SOL_SOCKET, SO_MEMINFO, memory.data(), &size) < 0)
        return errno_error("cannot ask a raw socket for its losses");
    return memory[SK_MEMINFO_DROPS];
}

void Inlet::append_to(std::vector<Datagram>& packets, KernelClock const& clock) {
    for (std::size_t i = 0; i < count_; ++i)
        packets.push_back(packet(slots_[i], messages_[i], clock));
}

Datagram Inlet::packet(Slot const& slot, mmsghdr& message, KernelClock const& clock) {
    auto const* const begin = static_cast<std::byte const*>(slot.part.iov_base);
    std::size_t const size = std::min<std::size_t>(message.msg_len, packet_size);
    Datagram packet{
        .bytes = std::span(begin, size), .protocol = protocol_, .received = clock.now()};
    if (family_ == Family::ipv6) {
        packet.source = from_kernel(slot.source);
    } else if (size >= ipv4_header) {
        IpV4::bytes_type source;
        std::memcpy(source.data(), begin + ipv4_source, source.size());
        packet.source = IpV4(source);
        packet.traffic_class = std::to_integer<std::uint8_t>(begin[1]);
        packet.hop_limit = std::to_integer<std::uint8_t>(begin[8]);
    }
    read_control(message, packet, clock);
    return packet;
}

/// Linux counts ICMPv6 packets with a wrong checksum as dropped as well. Anybody can send such, and
/// they say nothing of our replies: what found no room stands behind a long queue.
void Inlet::count_dropped(std::uint32_t total, bool queue_was_long) {
    auto const more = static_cast<std::int32_t>(total - dropped_);
    if (more <= 0) return;  // a packet that came before the socket was asked
    dropped_ = total;
    constexpr int largest_packet = 4096;  // with the kernel's own part
    bool const queue_can_be = buffer_granted_ >= static_cast<int>(batch) * largest_packet;
    if (protocol_ != IPPROTO_ICMPV6 || queue_was_long || !queue_can_be)
        newly_dropped_ += static_cast<std::uint32_t>(more);
}

void Inlet::read_control(mmsghdr& message, Datagram& packet, KernelClock const& clock) {
    msghdr& header = message.msg_hdr;
    for (cmsghdr* item = CMSG_FIRSTHDR(&header); item; item = CMSG_NXTHDR(&header, item)) {
        if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_TIMESTAMPNS) {
            auto const stamp = data_of<timespec>(item);
            packet.received = clock.steady(KernelClock::WallTime(
                seconds(stamp.tv_sec) + std::chrono::nanoseconds(stamp.tv_nsec)));
        } else if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SO_RXQ_OVFL) {
            count_dropped(data_of<std::uint32_t>(item), long_before_ || count_ == batch);
        } else if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_HOPLIMIT) {
            packet.hop_limit = static_cast<std::uint8_t>(data_of<int>(item));
        } else if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_TCLASS) {
            packet.traffic_class = static_cast<std::uint8_t>(data_of<int>(item));
        } else if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_PKTINFO) {
            packet.destination = from_kernel(data_of<in6_pktinfo>(item).ipi6_addr);
        }
    }
}

}  // namespace dtrace::wire
