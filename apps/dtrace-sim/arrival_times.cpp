#include "arrival_times.hpp"

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cstring>

namespace dtrace::simulator {
namespace {

constexpr int receive_buffer = 16 << 20;
constexpr std::size_t most_unclaimed = 256;
/// An older stamp is from before somebody set the clock.
constexpr auto oldest = seconds(10);

/// The heads of packets that leave; the device's other direction is ours.
Result<void> let_in_what_leaves(int descriptor, std::size_t head_size) {
    std::array<sock_filter, 4> code{
        {{BPF_LD | BPF_B | BPF_ABS, 0, 0, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE)},
         {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, PACKET_OUTGOING},
         {BPF_RET | BPF_K, 0, 0, static_cast<std::uint32_t>(head_size)},
         {BPF_RET | BPF_K, 0, 0, 0}}};
    sock_fprog const program{static_cast<unsigned short>(code.size()), code.data()};
    if (::setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0)
        return errno_error("a filter of packets");
    return {};
}

Result<void> set_up(int descriptor, std::string const& device, std::size_t head_size) {
    if (auto filtered = let_in_what_leaves(descriptor, head_size); !filtered) return filtered;
    int const on = 1;
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer, sizeof receive_buffer);
    if (::setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) < 0)
        return errno_error("times of packets");
    sockaddr_ll place{};
    place.sll_family = AF_PACKET;
    place.sll_protocol = htons(ETH_P_ALL);
    place.sll_ifindex = static_cast<int>(::if_nametoindex(device.c_str()));
    if (::bind(descriptor, reinterpret_cast<sockaddr const*>(&place), sizeof place) < 0)
        return errno_error("the packets of " + device);
    return {};
}

}  // namespace

Result<ArrivalTimes> ArrivalTimes::open(std::string const& device) {
    FileDescriptor socket(::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) return errno_error("a packet socket (needs CAP_NET_RAW)");
    if (auto done = set_up(socket.get(), device, head_size); !done) return done.error();
    return ArrivalTimes(std::move(socket));
}

std::optional<ArrivalTimes::Seen> ArrivalTimes::see() {
    Seen seen{};
    alignas(cmsghdr) std::array<std::byte, 64> control{};
    iovec part{seen.head.data(), seen.head.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    auto const size = ::recvmsg(socket_.get(), &message, 0);
    if (size < 0) return std::nullopt;
    seen.size = static_cast<std::size_t>(size);
    for (auto* item = CMSG_FIRSTHDR(&message); item; item = CMSG_NXTHDR(&message, item))
        if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_TIMESTAMPNS)
            std::memcpy(&seen.stamp, CMSG_DATA(item), sizeof seen.stamp);
    return seen;
}

std::optional<TimePoint> ArrivalTimes::of(std::span<std::byte const> packet) {
    auto const head = packet.first(std::min(packet.size(), head_size));
    auto const is_it = [head](Seen const& seen) {
        return std::ranges::equal(head, std::span(seen.head).first(seen.size));
    };
    std::optional<Seen> found;
    if (auto const at = std::ranges::find_if(unclaimed_, is_it); at != unclaimed_.end()) {
        found = *at;
        unclaimed_.erase(at);
    }
    // The kernel shows a packet here before it gives it to the device.
    while (!found) {
        auto seen = see();
        if (!seen) return std::nullopt;
        if (is_it(*seen))
            found = seen;
        else
            unclaimed_.push_back(*seen);
        if (unclaimed_.size() > most_unclaimed) unclaimed_.pop_front();
    }
    auto const stamp =
        seconds(found->stamp.tv_sec) + std::chrono::nanoseconds(found->stamp.tv_nsec);
    auto const age = std::chrono::system_clock::now().time_since_epoch() - stamp;
    if (age < Duration::zero() || age > oldest) return std::nullopt;
    // The steady clock is read last: what interrupts this makes an arrival late, never early.
    return Clock::now() - age;
}

}  // namespace dtrace::simulator
