#include "raw_socket.hpp"

#include <dtrace/wire/privileges.hpp>

#include <boost/asio/error.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

namespace dtrace::wire {

namespace {

void drain(FileDescriptor const& socket) {
    char byte = 0;
    while (recv(socket.get(), &byte, sizeof byte, MSG_DONTWAIT) >= 0) {
    }
}

}  // namespace

Result<FileDescriptor> open_raw_socket(Family family, int protocol, SocketFilter const& filter) {
    FileDescriptor socket(::socket(family == Family::ipv4 ? AF_INET : AF_INET6,
                                   SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
    if (!socket) {
        if (errno == EPERM || errno == EACCES)
            return make_error(boost::system::errc::operation_not_permitted,
                              "raw sockets need the capability CAP_NET_RAW: " + net_raw_advice());
        return errno_error("cannot open a raw socket");
    }
    if (auto attached = let_in(socket, filter); !attached) return attached.error();
    drain(socket);  // what came before the filter
    return socket;
}

Result<void> let_in(FileDescriptor const& socket, SocketFilter const& filter) {
    // The kernel only reads; its interface has no const.
    sock_fprog const program{static_cast<unsigned short>(filter.size()),
                             const_cast<sock_filter*>(filter.data())};
    if (setsockopt(socket.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0)
        return errno_error("cannot attach a packet filter to a raw socket");
    return {};
}

bool is_missing_family(Error const& error) {
    return error.code == boost::asio::error::address_family_not_supported;
}

Result<void> bind_to_interface(FileDescriptor const& socket, InterfaceIndex interface) {
    if (interface == 0) return {};
    return set_option(socket, SOL_SOCKET, SO_BINDTOIFINDEX, static_cast<int>(interface));
}

Result<void> set_option(FileDescriptor const& socket, int level, int name, int value) {
    if (setsockopt(socket.get(), level, name, &value, sizeof value) < 0)
        return errno_error("cannot set option " + std::to_string(name) + " of a raw socket");
    return {};
}

int enlarge(FileDescriptor const& socket, Buffer buffer, int bytes) {
    bool const receives = buffer == Buffer::receive;
    int const forced = receives ? SO_RCVBUFFORCE : SO_SNDBUFFORCE;
    int const plain = receives ? SO_RCVBUF : SO_SNDBUF;
    if (!set_option(socket, SOL_SOCKET, forced, bytes))
        static_cast<void>(set_option(socket, SOL_SOCKET, plain, bytes));
    int granted = 0;
    socklen_t size = sizeof granted;
    getsockopt(socket.get(), SOL_SOCKET, plain, &granted, &size);
    return granted / 2;
}

int take_pending_error(FileDescriptor const& socket) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

bool is_full(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS || error == ENOMEM;
}

}  // namespace dtrace::wire
