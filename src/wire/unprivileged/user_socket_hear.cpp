// What a user's socket tells of replies: its error queue, and the echo replies of a ping socket.

#include "kernel_message.hpp"
#include "raw_socket.hpp"
#include "unprivileged/user_socket.hpp"

#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

namespace dtrace::wire {

namespace {

constexpr std::size_t echo_header = 8;
constexpr std::size_t echo_sequence_at = 6;

struct alignas(cmsghdr) Control {
    std::array<std::byte, 512> bytes;
};

/// TTLs and classes come as int or as a single byte.
std::uint8_t small_number(cmsghdr const* item) {
    return item->cmsg_len >= CMSG_LEN(sizeof(int)) ? static_cast<std::uint8_t>(data_of<int>(item))
                                                   : data_of<std::uint8_t>(item);
}

/// The error's numbers, and behind them the address of who sent it.
void read_error(cmsghdr const* item, ToldReply& told) {
    auto const fields = data_of<sock_extended_err>(item);
    bool const v4 = item->cmsg_level == IPPROTO_IP;
    if (fields.ee_origin != (v4 ? SO_EE_ORIGIN_ICMP : SO_EE_ORIGIN_ICMP6)) return;
    told.type = fields.ee_type;
    told.code = fields.ee_code;
    told.info = fields.ee_info;
    if (!(fields.ee_rfc4884.flags & SO_EE_RFC4884_FLAG_INVALID))
        told.extension_at = fields.ee_rfc4884.len;
    if (v4) {
        struct {
            sock_extended_err error;
            sockaddr_in offender;
        } const whole = data_of<std::remove_const_t<decltype(whole)>>(item);
        if (whole.offender.sin_family != AF_INET) return;
        told.from = IpV4(ntohl(whole.offender.sin_addr.s_addr));
    } else {
        struct {
            sock_extended_err error;
            sockaddr_in6 offender;
        } const whole = data_of<std::remove_const_t<decltype(whole)>>(item);
        if (whole.offender.sin6_family != AF_INET6) return;
        IpV6::bytes_type raw;
        std::memcpy(raw.data(), &whole.offender.sin6_addr, raw.size());
        told.from = IpV6(raw);
    }
    told.is_error = true;
}

}  // namespace

void UserSocket::read_control(msghdr& message, Heard& heard) {
    for (cmsghdr* item = CMSG_FIRSTHDR(&message); item; item = CMSG_NXTHDR(&message, item)) {
        auto const is = [item](int level, int type) {
            return item->cmsg_level == level && item->cmsg_type == type;
        };
        if (is(IPPROTO_IP, IP_RECVERR) || is(IPPROTO_IPV6, IPV6_RECVERR)) {
            read_error(item, heard.told);
        } else if (is(IPPROTO_IP, IP_TTL) || is(IPPROTO_IPV6, IPV6_HOPLIMIT)) {
            heard.told.ttl = small_number(item);
        } else if (is(IPPROTO_IP, IP_TOS) || is(IPPROTO_IPV6, IPV6_TCLASS)) {
            heard.told.tos = small_number(item);
        } else if (is(SOL_SOCKET, SCM_TIMESTAMPNS)) {
            auto const stamp = data_of<timespec>(item);
            heard.received = KernelClock::WallTime(seconds(stamp.tv_sec) +
                                                   std::chrono::nanoseconds(stamp.tv_nsec));
        } else if (is(SOL_SOCKET, SO_RXQ_OVFL)) {
            auto const dropped = data_of<std::uint32_t>(item);
            newly_dropped_ += dropped - dropped_;
            dropped_ = dropped;
        }
    }
}

std::optional<UserSocket::Heard> UserSocket::hear_error(std::span<std::byte> buffer) {
    for (;;) {
        Control control;
        iovec part{buffer.data(), buffer.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.bytes.data();
        message.msg_controllen = control.bytes.size();
        auto const size = recvmsg(socket_.get(), &message, MSG_ERRQUEUE | MSG_DONTWAIT);
        if (size < 0) {
            // The queue is empty; an error that stays behind would keep the socket ready for ever.
            take_pending_error(socket_);
            return std::nullopt;
        }
        Heard heard;
        read_control(message, heard);
        if (!heard.told.is_error) continue;  // our own host's
        heard.told.quoted = buffer.first(std::min(static_cast<std::size_t>(size), buffer.size()));
        if (kind_ == Kind::ping && heard.told.quoted.size() >= echo_header)
            heard.sequence = get16(heard.told.quoted, echo_sequence_at);
        return heard;
    }
}

std::optional<UserSocket::Heard> UserSocket::hear_echo(std::span<std::byte> buffer) {
    auto const reply = std::byte{
        static_cast<unsigned char>(family_ == Family::ipv4 ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY)};
    for (;;) {
        Control control;
        sockaddr_storage source{};
        iovec part{buffer.data(), buffer.size()};
        msghdr message{};
        message.msg_name = &source;
        message.msg_namelen = sizeof source;
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.bytes.data();
        message.msg_controllen = control.bytes.size();
        auto const size = recvmsg(socket_.get(), &message, MSG_DONTWAIT);
        if (size < 0) return std::nullopt;
        if (static_cast<std::size_t>(size) < echo_header || buffer[0] != reply) continue;
        Heard heard;
        read_control(message, heard);
        heard.told.from = from_kernel(source);
        heard.sequence = get16(buffer, echo_sequence_at);
        return heard;
    }
}

}  // namespace dtrace::wire
