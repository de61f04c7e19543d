#include "packet/netlink_message.hpp"

#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace dtrace::wire {

namespace {

using Bytes = std::span<std::byte const>;

constexpr std::size_t aligned(std::size_t size) {
    return (size + NLMSG_ALIGNTO - 1) / NLMSG_ALIGNTO * NLMSG_ALIGNTO;
}

/// The first bytes as a struct of the kernel; none when there are too few.
template <class T>
std::optional<T> read_as(Bytes bytes) {
    T value{};
    if (bytes.size() < sizeof value) return std::nullopt;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

/// What is behind the first `size` bytes and their padding.
Bytes behind(Bytes bytes, std::size_t size) {
    return bytes.subspan(std::min(aligned(size), bytes.size()));
}

template <class Header>
struct Part {
    Header header;
    Bytes body;  ///< without the padding
};

/// Takes the first message, or the first attribute, off `bytes`; none when it is not complete.
template <class Header>
std::optional<Part<Header>> take(Bytes& bytes, std::size_t (*size_of)(Header const&)) {
    auto const header = read_as<Header>(bytes);
    if (!header) return std::nullopt;
    std::size_t const size = size_of(*header);
    if (size < sizeof(Header) || size > bytes.size()) return std::nullopt;
    Part<Header> const part{*header,
                            bytes.first(size).subspan(std::min(aligned(sizeof(Header)), size))};
    bytes = behind(bytes, size);
    return part;
}

auto take_message(Bytes& bytes) {
    return take<nlmsghdr>(bytes, [](nlmsghdr const& h) -> std::size_t { return h.nlmsg_len; });
}

auto take_attribute(Bytes& bytes) {
    return take<rtattr>(bytes, [](rtattr const& h) -> std::size_t { return h.rta_len; });
}

/// The body of the message with that number and type.
std::optional<Bytes> find_message(Bytes bytes, std::uint32_t sequence, std::uint16_t type) {
    while (auto const message = take_message(bytes))
        if (message->header.nlmsg_seq == sequence && message->header.nlmsg_type == type)
            return message->body;
    return std::nullopt;
}

std::optional<IpAddress> read_address(int family, Bytes bytes) {
    if (family == AF_INET)
        if (auto const raw = read_as<IpV4::bytes_type>(bytes)) return IpV4(*raw);
    if (family == AF_INET6)
        if (auto const raw = read_as<IpV6::bytes_type>(bytes)) return IpV6(*raw);
    return std::nullopt;
}

/// A gateway of the other family: its family, and its address.
std::optional<IpAddress> read_via(Bytes bytes) {
    auto const family = read_as<std::uint16_t>(bytes);
    if (!family) return std::nullopt;
    return read_address(*family, bytes.subspan(sizeof *family));
}

class Message {
  public:
    template <class Header>
    Message(std::uint16_t type, std::uint32_t sequence, Header const& header) {
        nlmsghdr envelope{};
        envelope.nlmsg_type = type;
        envelope.nlmsg_flags = NLM_F_REQUEST;
        envelope.nlmsg_seq = sequence;
        append(&envelope, sizeof envelope);
        append(&header, sizeof header);
    }

    void add(std::uint16_t type, std::uint32_t number) {
        rtattr const attribute{sizeof(rtattr) + sizeof number, type};
        append(&attribute, sizeof attribute);
        append(&number, sizeof number);
    }

    void add(std::uint16_t type, IpAddress const& address) {
        std::size_t const size = address.is_v4() ? 4 : 16;
        rtattr const attribute{static_cast<unsigned short>(sizeof(rtattr) + size), type};
        append(&attribute, sizeof attribute);
        if (address.is_v4())
            append(address.to_v4().to_bytes().data(), size);
        else
            append(address.to_v6().to_bytes().data(), size);
    }

    std::vector<std::byte> finish() && {
        auto const size = static_cast<std::uint32_t>(bytes_.size());
        std::memcpy(bytes_.data(), &size, sizeof size);  // nlmsg_len
        return std::move(bytes_);
    }

  private:
    void append(void const* data, std::size_t size) {
        auto const at = bytes_.size();
        bytes_.resize(at + aligned(size));
        std::memcpy(bytes_.data() + at, data, size);
    }

    std::vector<std::byte> bytes_;
};

std::uint8_t kernel_family(IpAddress const& address) {
    return address.is_v4() ? AF_INET : AF_INET6;
}

/// States in which the kernel itself would send to the address.
constexpr unsigned usable =
    NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP;

}  // namespace

std::vector<std::byte> ask_route(IpAddress const& destination, std::uint32_t interface,
                                 std::uint32_t sequence) {
    rtmsg header{};
    header.rtm_family = kernel_family(destination);
    header.rtm_dst_len = destination.is_v4() ? 32 : 128;
    Message message(RTM_GETROUTE, sequence, header);
    message.add(RTA_DST, destination);
    if (interface != 0) message.add(RTA_OIF, interface);
    return std::move(message).finish();
}

std::vector<std::byte> ask_neighbour(std::uint32_t interface, IpAddress const& neighbour,
                                     std::uint32_t sequence) {
    ndmsg header{};
    header.ndm_family = kernel_family(neighbour);
    header.ndm_ifindex = static_cast<int>(interface);
    Message message(RTM_GETNEIGH, sequence, header);
    message.add(NDA_DST, neighbour);
    return std::move(message).finish();
}

std::optional<RouteAnswer> read_route(Bytes bytes, std::uint32_t sequence) {
    auto const body = find_message(bytes, sequence, RTM_NEWROUTE);
    if (!body) return std::nullopt;
    auto const header = read_as<rtmsg>(*body);
    if (!header) return std::nullopt;
    RouteAnswer answer{.plain = header->rtm_type == RTN_UNICAST};
    for (Bytes rest = behind(*body, sizeof(rtmsg)); auto const attribute = take_attribute(rest);) {
        switch (attribute->header.rta_type) {
            case RTA_OIF:
                answer.interface = read_as<std::uint32_t>(attribute->body).value_or(0);
                break;
            case RTA_GATEWAY:
                answer.gateway = read_address(header->rtm_family, attribute->body);
                answer.plain = answer.plain && answer.gateway;
                break;
            case RTA_VIA:
                answer.gateway = read_via(attribute->body);
                answer.plain = answer.plain && answer.gateway;
                break;
            case RTA_ENCAP:
            case RTA_MULTIPATH:
                answer.plain = false;
                break;
            default:
                break;
        }
    }
    answer.plain = answer.plain && answer.interface != 0;
    return answer;
}

std::optional<NeighbourAnswer> read_neighbour(Bytes bytes, std::uint32_t sequence) {
    auto const body = find_message(bytes, sequence, RTM_NEWNEIGH);
    if (!body) return std::nullopt;
    auto const header = read_as<ndmsg>(*body);
    if (!header) return std::nullopt;
    NeighbourAnswer answer;
    if (!(header->ndm_state & usable)) return answer;
    for (Bytes rest = behind(*body, sizeof(ndmsg)); auto const attribute = take_attribute(rest);)
        if (attribute->header.rta_type == NDA_LLADDR &&
            attribute->body.size() == std::tuple_size_v<HardwareAddress>)
            answer.address = read_as<HardwareAddress>(attribute->body);
    return answer;
}

TableChanges read_changes(Bytes bytes) {
    TableChanges changes;
    while (auto const message = take_message(bytes)) {
        auto const type = message->header.nlmsg_type;
        if (type == RTM_NEWNEIGH || type == RTM_DELNEIGH)
            changes.neighbours = true;
        else
            changes.routes = true;
    }
    return changes;
}

}  // namespace dtrace::wire
