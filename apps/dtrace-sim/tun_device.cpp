#include "tun_device.hpp"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/ipv6.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace dtrace::simulator {
namespace {

/// A socket for questions about interfaces.
class Control {
  public:
    explicit Control(int family) : socket_(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}

    template <class Argument>
    bool ask(unsigned long request, Argument& argument) {
        return ::ioctl(socket_.get(), request, &argument) == 0;
    }

  private:
    FileDescriptor socket_;
};

ifreq request_for(std::string const& name) {
    ifreq request{};
    name.copy(request.ifr_name, IFNAMSIZ - 1);
    return request;
}

template <class Field>
void put_ipv4(Field& field, std::uint32_t address) {
    sockaddr_in const value{.sin_family = AF_INET,
                            .sin_port = 0,
                            .sin_addr = {.s_addr = htonl(address)},
                            .sin_zero = {}};
    static_assert(sizeof value == sizeof field);
    std::memcpy(&field, &value, sizeof value);
}

in6_addr ipv6_of(IpAddress const& address) {
    in6_addr raw{};
    auto const bytes = address.to_v6().to_bytes();
    std::memcpy(&raw, bytes.data(), bytes.size());
    return raw;
}

Error admin_error(std::string const& what) {
    auto error = errno_error(what);
    if (error.code == boost::system::errc::operation_not_permitted ||
        error.code == boost::system::errc::permission_denied)
        error.message += " (needs CAP_NET_ADMIN: run it as root, in a network namespace)";
    return error;
}

int index_of(std::string const& name) {
    return static_cast<int>(::if_nametoindex(name.c_str()));
}

}  // namespace

Result<TunDevice> TunDevice::open(std::string const& name) {
    FileDescriptor device(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (!device) return admin_error("/dev/net/tun");
    ifreq request = request_for(name);
    request.ifr_flags = static_cast<short>(IFF_TUN | IFF_NO_PI | IFF_TUN_EXCL);
    if (::ioctl(device.get(), TUNSETIFF, &request) < 0)
        return admin_error("cannot make the device " + name);
    return TunDevice(name, std::move(device));
}

Result<void> TunDevice::add_address(IpAddress const& address) {
    auto const failed = "cannot give " + name_ + " the address " + to_text(address);
    if (address.is_v6()) {
        in6_ifreq request{
            .ifr6_addr = ipv6_of(address), .ifr6_prefixlen = 128, .ifr6_ifindex = index_of(name_)};
        if (!Control(AF_INET6).ask(SIOCSIFADDR, request)) return admin_error(failed);
        return {};
    }
    // An address more than the first needs an alias of the name.
    auto const alias = ipv4_addresses_ == 0 ? name_ : name_ + ":" + std::to_string(ipv4_addresses_);
    if (alias.size() >= IFNAMSIZ) {
        errno = ENAMETOOLONG;
        return admin_error(failed);
    }
    ifreq request = request_for(alias);
    Control control(AF_INET);
    put_ipv4(request.ifr_addr, address.to_v4().to_uint());
    if (!control.ask(SIOCSIFADDR, request)) return admin_error(failed);
    put_ipv4(request.ifr_netmask, 0xFFFFFFFF);
    if (!control.ask(SIOCSIFNETMASK, request)) return admin_error(failed);
    ++ipv4_addresses_;
    return {};
}

Result<void> TunDevice::bring_up() {
    ifreq request = request_for(name_);
    Control control(AF_INET);
    bool const known = control.ask(SIOCGIFFLAGS, request);
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
    if (!known || !control.ask(SIOCSIFFLAGS, request))
        return admin_error("cannot bring up " + name_);
    // A simulator that is kept waiting by a busy machine must not lose what its links do not.
    request.ifr_qlen = 10'000;
    if (!control.ask(SIOCSIFTXQLEN, request))
        return admin_error("cannot lengthen the queue of " + name_);
    return {};
}

Result<void> TunDevice::add_route(Prefix const& block) {
    auto const failed = "cannot route " + to_text(block) + " into " + name_;
    if (block.address.is_v6()) {
        in6_rtmsg route{};
        route.rtmsg_dst = ipv6_of(block.address);
        route.rtmsg_dst_len = block.length;
        route.rtmsg_flags = RTF_UP;
        route.rtmsg_metric = 1;
        route.rtmsg_ifindex = index_of(name_);
        if (!Control(AF_INET6).ask(SIOCADDRT, route)) return admin_error(failed);
        return {};
    }
    rtentry route{};
    put_ipv4(route.rt_dst, block.address.to_v4().to_uint());
    put_ipv4(route.rt_genmask, block.length == 0 ? 0 : ~std::uint32_t{0} << (32 - block.length));
    route.rt_flags = RTF_UP;
    route.rt_dev = name_.data();
    if (!Control(AF_INET).ask(SIOCADDRT, route)) return admin_error(failed);
    return {};
}

Result<std::size_t> TunDevice::read(std::span<std::byte> into) {
    auto const size = ::read(device_.get(), into.data(), into.size());
    if (size >= 0) return static_cast<std::size_t>(size);
    if (errno == EAGAIN || errno == EINTR) return std::size_t{0};
    return errno_error("cannot read from " + name_);
}

bool TunDevice::write(std::span<std::byte const> packet) {
    auto const size = ::write(device_.get(), packet.data(), packet.size());
    return size == static_cast<ssize_t>(packet.size());
}

}  // namespace dtrace::simulator
