#include "packet/kernel_tables.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace dtrace::wire {

namespace {

constexpr std::array<int, 8> groups{RTNLGRP_LINK,       RTNLGRP_NEIGH,     RTNLGRP_IPV4_IFADDR,
                                    RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_IFADDR,
                                    RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV6_RULE};

FileDescriptor netlink_socket() {
    return FileDescriptor(
        ::socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE));
}

}  // namespace

Result<KernelTables> KernelTables::open(InterfaceIndex interface) {
    FileDescriptor questions = netlink_socket();
    FileDescriptor notices = netlink_socket();
    if (!questions || !notices) return errno_error("cannot ask for the kernel's routes");
    for (int const group : groups)
        if (setsockopt(notices.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) <
            0)
            return errno_error("cannot listen for changes of the kernel's routes");
    return KernelTables(std::move(questions), std::move(notices), interface);
}

std::span<std::byte const> KernelTables::ask(std::vector<std::byte> const& question) {
    // Left over from a question whose answer was not waited for.
    while (recv(questions_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT) >= 0) {
    }
    if (send(questions_.get(), question.data(), question.size(), MSG_DONTWAIT) < 0) return {};
    auto const size = recv(questions_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (size < 0) return {};
    return std::span(buffer_).first(static_cast<std::size_t>(size));
}

std::optional<RouteAnswer> KernelTables::route(IpAddress const& destination) {
    auto const number = ++sequence_;
    return read_route(ask(ask_route(destination, interface_, number)), number);
}

std::optional<NeighbourAnswer> KernelTables::neighbour(std::uint32_t interface,
                                                       IpAddress const& address) {
    auto const number = ++sequence_;
    return read_neighbour(ask(ask_neighbour(interface, address, number)), number);
}

std::optional<HardwareAddress> KernelTables::own_address(std::uint32_t interface) {
    ifreq question{};
    if (!if_indextoname(interface, question.ifr_name)) return std::nullopt;
    if (ioctl(questions_.get(), SIOCGIFHWADDR, &question) < 0) return std::nullopt;
    if (question.ifr_hwaddr.sa_family != ARPHRD_ETHER) return std::nullopt;
    HardwareAddress address;
    std::copy_n(question.ifr_hwaddr.sa_data, address.size(), address.begin());
    return address;
}

TableChanges KernelTables::changes() {
    TableChanges all;
    for (;;) {
        auto const size = recv(notices_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
        if (size < 0 && errno == ENOBUFS) {  // some were lost
            all = {true, true};
            continue;
        }
        if (size <= 0) return all;
        auto const some = read_changes(std::span(buffer_).first(static_cast<std::size_t>(size)));
        all.neighbours = all.neighbours || some.neighbours;
        all.routes = all.routes || some.routes;
    }
}

}  // namespace dtrace::wire
