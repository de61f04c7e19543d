#include "raw_socket.hpp"

#include <dtrace/wire/source_address.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/udp.hpp>

#include <sys/socket.h>

#include <cerrno>
#include <string>

namespace dtrace::wire {

namespace {

using boost::asio::ip::udp;
namespace errc = boost::system::errc;

FileDescriptor udp_socket(IpAddress const& address) {
    return FileDescriptor(
        ::socket(address.is_v4() ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

/// Connecting a UDP socket sends nothing: it only asks the routing table.
constexpr Port any_port = 33434;

bool is_no_single_host(IpAddress const& address) {
    return address.is_unspecified() || address.is_multicast() ||
           (address.is_v4() && address.to_v4() == IpV4::broadcast());
}

}  // namespace

Result<IpAddress> find_source(IpAddress const& destination, InterfaceIndex interface) {
    std::string const name = to_text(destination);
    if (is_no_single_host(destination))
        return make_error(errc::invalid_argument, name + " is not the address of a single host");
    FileDescriptor const socket = udp_socket(destination);
    if (!socket) return errno_error("no source address for " + name);
    if (auto bound = bind_to_interface(socket, interface); !bound) return bound.error();
    udp::endpoint const remote(destination, any_port);
    if (connect(socket.get(), remote.data(), static_cast<socklen_t>(remote.size())) < 0) {
        if (errno == EACCES)
            return make_error(errc::invalid_argument, name + " is a broadcast address");
        return errno_error("no route to " + name);
    }
    udp::endpoint local;
    auto size = static_cast<socklen_t>(local.capacity());
    if (getsockname(socket.get(), local.data(), &size) < 0)
        return errno_error("no source address for " + name);
    local.resize(size);
    return local.address();
}

Result<void> require_own_address(IpAddress const& source) {
    std::string const name = to_text(source);
    if (is_no_single_host(source))
        return make_error(errc::invalid_argument, name + " is not the address of a single host");
    FileDescriptor const socket = udp_socket(source);
    if (!socket) return errno_error("cannot use " + name + " as source");
    udp::endpoint const local(source, 0);
    if (bind(socket.get(), local.data(), static_cast<socklen_t>(local.size())) < 0) {
        if (errno == EADDRNOTAVAIL)
            return make_error(errc::address_not_available,
                              name + " is not an address of this host");
        return errno_error("cannot use " + name + " as source");
    }
    return {};
}

}  // namespace dtrace::wire
