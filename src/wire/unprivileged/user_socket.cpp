#include "unprivileged/user_socket.hpp"

#include "raw_socket.hpp"

#include <dtrace/wire/unprivileged_wire.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/udp.hpp>

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace dtrace::wire {

namespace {

using boost::asio::ip::udp;

boost::system::error_code system_code(int error) {
    return {error, boost::system::system_category()};
}

Error error_of(int error, UserSocket::Kind kind) {
    boost::system::error_code code = system_code(error);
    if (kind == UserSocket::Kind::ping && (error == EACCES || error == EPERM))
        code = UnprivilegedFault::ping_forbidden;
    if (error == EADDRINUSE) code = UnprivilegedFault::port_taken;
    return {code, code.message()};
}

}  // namespace

Result<UserSocket> UserSocket::open(Kind kind, IpAddress const& source, Port port,
                                    InterfaceIndex interface) {
    bool const v4 = source.is_v4();
    int const ping = v4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6};
    int const protocol = kind == Kind::udp ? int{IPPROTO_UDP} : ping;
    UserSocket opened;
    opened.kind_ = kind;
    opened.family_ = family_of(source);
    opened.socket_ = FileDescriptor(
        ::socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
    if (!opened.socket_) return error_of(errno, kind);
    if (auto bound = bind_to_interface(opened.socket_, interface); !bound) return bound.error();
    if (auto done = opened.set_up(source, port); !done) return done.error();
    return opened;
}

Result<void> UserSocket::set_up(IpAddress const& source, Port port) {
    bool const v4 = family_ == Family::ipv4;
    // Datagrams that a target sends back are nobody's business; ICMP errors do not pass a filter.
    if (kind_ == Kind::udp)
        if (auto done = let_in(socket_, drop_all_filter()); !done) return done;
    std::array<std::array<int, 3>, 4> const v4_options{
        {{IPPROTO_IP, IP_RECVERR, 1},
         {IPPROTO_IP, IP_RECVTTL, 1},
         {IPPROTO_IP, IP_RECVTOS, 1},
         {IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE}}};
    std::array<std::array<int, 3>, 4> const v6_options{
        {{IPPROTO_IPV6, IPV6_RECVERR, 1},
         {IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1},
         {IPPROTO_IPV6, IPV6_RECVTCLASS, 1},
         {IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE}}};
    for (auto const& [level, name, value] : v4 ? v4_options : v6_options)
        if (auto done = set_option(socket_, level, name, value); !done) return done;
    for (int const name : {SO_TIMESTAMPNS, SO_RXQ_OVFL})
        if (auto done = set_option(socket_, SOL_SOCKET, name, 1); !done) return done;
    // Kernels before 5.9 do not know it, and then extensions of RFC 4884 stay unseen.
    static_cast<void>(v4 ? set_option(socket_, IPPROTO_IP, IP_RECVERR_RFC4884, 1)
                         : set_option(socket_, IPPROTO_IPV6, IPV6_RECVERR_RFC4884, 1));

    udp::endpoint local(source, kind_ == Kind::udp ? port : Port{0});
    if (bind(socket_.get(), local.data(), static_cast<socklen_t>(local.size())) < 0)
        return error_of(errno, kind_);
    auto size = static_cast<socklen_t>(local.capacity());
    if (getsockname(socket_.get(), local.data(), &size) < 0) return error_of(errno, kind_);
    identifier_ = local.port();
    return {};
}

bool UserSocket::use(SentFields const& fields) {
    bool const v4 = family_ == Family::ipv4;
    int const level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
    if (ttl_ != fields.ttl) {
        if (!set_option(socket_, level, v4 ? IP_TTL : IPV6_UNICAST_HOPS, fields.ttl)) return false;
        ttl_ = fields.ttl;
    }
    if (tos_ != fields.tos) {
        if (!set_option(socket_, level, v4 ? IP_TOS : IPV6_TCLASS, fields.tos)) return false;
        tos_ = fields.tos;
    }
    return true;
}

boost::system::error_code UserSocket::send(SentFields const& fields, IpAddress const& destination,
                                           std::span<std::byte const> bytes) {
    if (!use(fields)) return system_code(errno);
    Port const port = kind_ == Kind::udp ? get16(fields.transport, 2) : Port{0};
    udp::endpoint const remote(destination, port);
    // An earlier packet's ICMP error is told once to whoever calls next: the send's own comes
    // again.
    constexpr int tries = 4;
    int error = 0;
    for (int i = 0; i < tries; ++i) {
        if (sendto(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT, remote.data(),
                   static_cast<socklen_t>(remote.size())) >= 0)
            return {};
        error = errno;
        if (is_full(error)) return boost::asio::error::would_block;
    }
    return system_code(error);
}

std::optional<UserSocket::Heard> UserSocket::hear(std::span<std::byte> buffer) {
    if (auto heard = hear_error(buffer)) return heard;
    return kind_ == Kind::ping ? hear_echo(buffer) : std::nullopt;
}

}  // namespace dtrace::wire
