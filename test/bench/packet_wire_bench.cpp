// How fast packets leave: ours beside the bare loops that are the kernel's limit. In a network
// namespace of its own, over a veth pair whose other end drops. Needs root.

#include <dtrace/core/log.hpp>
#include <dtrace/packet/encode_packet.hpp>
#include <dtrace/wire/packet_wire.hpp>
#include <dtrace/wire/raw_wire.hpp>

#include <boost/asio/io_context.hpp>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <vector>

using namespace dtrace;

namespace {

constexpr std::size_t batch_size = 64;
constexpr auto run_time = milliseconds(1'000);
constexpr int repetitions = 5;
constexpr std::array<unsigned char, 6> peer_address{2, 0, 0, 0, 0, 2};

struct Silent : Logger {
    void write(LogLevel, std::string_view, std::span<LogField const>) override {}
};

void shell(std::string const& command) {
    if (std::system(command.c_str()) != 0) {
        std::fprintf(stderr, "failed: %s\n", command.c_str());
        std::exit(1);
    }
}

/// The destinations lie behind the other end, which has another hardware address than our packets
/// carry: so its kernel drops them at once, and the time is ours.
void make_network() {
    if (unshare(CLONE_NEWNET) != 0) {
        std::perror("a network namespace needs root");
        std::exit(1);
    }
    shell(
        "ip link set lo up && ip link add e1 address 02:00:00:00:00:01 type veth peer name e2 "
        "address 02:00:00:00:00:03 && ip link set e1 up && ip link set e2 up && "
        "ip address add 10.9.0.1/16 dev e1 && "
        "ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev e1 && "
        "ip route add 198.18.0.0/15 via 10.9.0.2");
}

/// Prepared packets to 1,000 destinations in turn.
struct Packets {
    std::vector<std::array<std::byte, packet::max_packet_size>> bytes;
    std::vector<wire::OutgoingPacket> all;

    explicit Packets(Method method) : bytes(1'024) {
        packet::Secret const secret{};
        for (std::uint32_t i = 0; i < bytes.size(); ++i) {
            IpAddress const destination = IpV4(0xC6120000U + i % 1'000);
            Flow const flow{.method = method,
                            .source = IpV4(0x0A090001),
                            .destination = destination,
                            .id = static_cast<std::uint16_t>(24'000 + i),
                            .destination_port = 33'434};
            packet::FlowEncoder const encoder(flow, secret);
            auto const tag = packet::usable_tag({.ttl = 9, .ticks = i}, encoder.mask());
            std::size_t const size = encoder.encode(tag, bytes[i]);
            all.push_back({std::span(bytes[i]).first(size), destination});
        }
    }
    std::span<wire::OutgoingPacket const> batch(std::size_t number) const {
        return std::span(all).subspan(number * batch_size % all.size(), batch_size);
    }
};

/// The least that sendmmsg() needs to send the same packets from a packet socket.
class BareLoop {
  public:
    explicit BareLoop(Packets const& packets)
        : socket_(::socket(AF_PACKET, SOCK_DGRAM, 0)), messages_(packets.all.size()) {
        int const on = 1;
        setsockopt(socket_, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);
        place_.sll_family = AF_PACKET;
        place_.sll_protocol = htons(ETH_P_IP);
        place_.sll_ifindex = static_cast<int>(if_nametoindex("e1"));
        place_.sll_halen = peer_address.size();
        std::ranges::copy(peer_address, place_.sll_addr);
        parts_.reserve(messages_.size());
        for (std::size_t i = 0; i < messages_.size(); ++i) {
            auto const bytes = packets.all[i].bytes;
            parts_.push_back({const_cast<std::byte*>(bytes.data()), bytes.size()});
            messages_[i].msg_hdr.msg_name = &place_;
            messages_[i].msg_hdr.msg_namelen = sizeof place_;
            messages_[i].msg_hdr.msg_iov = &parts_[i];
            messages_[i].msg_hdr.msg_iovlen = 1;
        }
    }
    BareLoop(BareLoop const&) = delete;
    BareLoop& operator=(BareLoop const&) = delete;
    ~BareLoop() { close(socket_); }

    std::size_t send(std::size_t number) {
        int const count = sendmmsg(socket_, &messages_[number * batch_size % messages_.size()],
                                   batch_size, MSG_DONTWAIT);
        return count > 0 ? static_cast<std::size_t>(count) : 0;
    }

  private:
    int socket_;
    sockaddr_ll place_{};
    std::vector<iovec> parts_;
    std::vector<mmsghdr> messages_;
};

double packets_per_second(std::function<std::size_t(std::size_t)> const& send) {
    auto const start = Clock::now();
    std::size_t sent = 0;
    for (std::size_t number = 0; Clock::now() - start < run_time; ++number)
        sent += send(number);
    return static_cast<double>(sent) / std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

void compare(char const* name, Packets const& packets, wire::Wire& packet_wire,
             wire::Wire& raw_wire) {
    BareLoop bare(packets);
    auto const over = [&packets](wire::Wire& wire) {
        return [&](std::size_t number) { return wire.send(packets.batch(number)).sent; };
    };
    std::map<std::string, std::vector<double>> rates;
    for (int i = 0; i < repetitions; ++i) {  // in turn, so that drift touches all alike
        rates["bare AF_PACKET sendmmsg"].push_back(
            packets_per_second([&](std::size_t number) { return bare.send(number); }));
        rates["packet wire"].push_back(packets_per_second(over(packet_wire)));
        rates["raw wire"].push_back(packets_per_second(over(raw_wire)));
    }
    double const limit = median(rates["bare AF_PACKET sendmmsg"]);
    for (auto const& [what, values] : rates)
        std::printf("%-4s %-24s %9.0f packets/s  %.2f of the bare loop\n", name, what.c_str(),
                    median(values), median(values) / limit);
}

}  // namespace

int main() {
    make_network();
    boost::asio::io_context io;
    Silent log;
    auto packet_wire = wire::PacketWire::open(io.get_executor(), {}, log);
    auto raw_wire = wire::RawWire::open(io.get_executor(), {}, log);
    if (!packet_wire || !raw_wire) {
        std::fprintf(stderr, "%s\n",
                     (packet_wire ? raw_wire.error() : packet_wire.error()).message.c_str());
        return 1;
    }
    compare("udp", Packets(Method::udp), **packet_wire, **raw_wire);
    compare("tcp", Packets(Method::tcp), **packet_wire, **raw_wire);
}
