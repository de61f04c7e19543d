#include "ready_set.hpp"
#include "unprivileged/sent_packets.hpp"
#include "unprivileged/user_sockets.hpp"

#include <dtrace/wire/source_address.hpp>
#include <dtrace/wire/unprivileged_wire.hpp>

#include <boost/asio/error.hpp>

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace dtrace::wire {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t largest_reply = 2048;
constexpr std::size_t replies_at_once = 64;
constexpr std::size_t udp_header = 8;
constexpr std::size_t udp_checksum_at = 6;
constexpr std::size_t token_size = 4;
// Of an echo request.
constexpr std::size_t identifier_at = 4, sequence_at = 6, balance_at = 8;

/// Unlike any other of the last 65,536 and hard to guess.
class Sequences {
  public:
    std::uint16_t next() { return static_cast<std::uint16_t>(step_ * count_++ + start_); }

  private:
    std::uint32_t count_ = 0;
    std::uint32_t step_ = arc4random() | 1;  // odd: no number twice before all were used
    std::uint32_t start_ = arc4random();
};

constexpr std::uint8_t icmp_of(Family family) {
    return family == Family::ipv4 ? std::uint8_t{IPPROTO_ICMP} : std::uint8_t{IPPROTO_ICMPV6};
}

bool is_supported(SentFields const& fields) {
    if (fields.protocol == IPPROTO_UDP) return true;
    int const request = fields.family == Family::ipv4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST;
    return fields.protocol == icmp_of(fields.family) &&
           std::to_integer<int>(fields.transport[0]) == request &&
           fields.transport.size() >= balance_at + 2;
}

std::uint32_t get32(std::span<std::byte const> bytes, std::size_t at) {
    return std::uint32_t{get16(bytes, at)} << 16 | get16(bytes, at + 2);
}

/// What is sent instead of a packet's transport part, and what its replies will show of it.
struct Substitute {
    std::array<std::byte, SentPackets::largest_packet> bytes{};
    std::size_t size = 0;
    std::uint32_t token = 0;
};

std::size_t payload_size(std::size_t given) {
    return std::max(given, token_size);
}

/// The payload begins with 32 bits that no two packets of a flow share. Over IPv6 it does so
/// already; over IPv4 they are what the IP ID and the checksum would have shown.
Substitute udp_payload(SentFields const& fields) {
    Substitute payload;
    auto const given = fields.transport.subspan(udp_header);
    std::ranges::copy(given, payload.bytes.begin());
    if (fields.family == Family::ipv4 || given.size() < token_size) {
        put16(payload.bytes, 0, fields.ip_id);
        put16(payload.bytes, 2, get16(fields.transport, udp_checksum_at));
    }
    payload.size = payload_size(given.size());
    payload.token = get32(payload.bytes, 0);
    return payload;
}

/// The first payload word takes back what the other identifier and sequence change, so that the
/// checksum, by which routers balance, stays the flow's.
Substitute echo_request(SentFields const& fields, std::uint16_t identifier,
                        std::uint16_t sequence) {
    Substitute request;
    std::ranges::copy(fields.transport, request.bytes.begin());
    std::uint32_t const before = std::uint32_t{get16(fields.transport, identifier_at)} +
                                 get16(fields.transport, sequence_at) +
                                 get16(fields.transport, balance_at);
    std::uint32_t const other = std::uint32_t{identifier} + sequence;
    put16(request.bytes, sequence_at, sequence);
    put16(request.bytes, balance_at, fold_sum(before + 2 * 0xFFFF - other));
    request.size = fields.transport.size();
    request.token = sequence;
    return request;
}

/// Which packet it answers, as far as it says.
std::optional<std::uint32_t> token_of(UserSocket::Kind kind, UserSocket::Heard const& heard) {
    if (kind == UserSocket::Kind::ping) return heard.sequence;
    if (heard.told.quoted.size() < token_size) return std::nullopt;
    return get32(heard.told.quoted, 0);
}

}  // namespace

struct UnprivilegedWire::Impl {
    Impl(ReadySet with_ready, UnprivilegedWireOptions const& options)
        : ready(std::move(with_ready)),
          interface(options.interface),
          sockets(options.sockets, options.reply_wait, options.interface),
          sent(options.packets, options.reply_wait),
          bytes(replies_at_once) {}

    error_code send(OutgoingPacket const& packet, TimePoint now);
    void prepare(std::span<OutgoingPacket const> batch, TimePoint now);
    Result<Arrivals> take();
    void take_from(UserSockets::Number number, Arrivals& arrivals);
    void append(UserSocket::Heard const& heard, std::span<std::byte const> answered,
                UserSocket::Kind kind);

    ReadySet ready;
    InterfaceIndex interface;
    UserSockets sockets;
    SentPackets sent;
    Sequences sequences;
    KernelClock clock;

    std::vector<std::array<std::byte, largest_reply>> bytes;  ///< of `packets`
    std::vector<Datagram> packets;
    std::vector<std::optional<KernelClock::WallTime>> stamps;
};

UnprivilegedWire::UnprivilegedWire(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

UnprivilegedWire::~UnprivilegedWire() = default;

std::size_t UnprivilegedWire::udp_bytes_sent(std::size_t given, Family family) {
    std::size_t const headers = udp_header + (family == Family::ipv4 ? ipv4_header : ipv6_header);
    return headers + payload_size(given - std::min(given, headers));
}

Result<std::unique_ptr<UnprivilegedWire>> UnprivilegedWire::open(asio::any_io_executor executor,
                                                                 UnprivilegedWireOptions options) {
    auto ready = ReadySet::open(std::move(executor));
    if (!ready) return ready.error();
    return std::unique_ptr<UnprivilegedWire>(
        new UnprivilegedWire(std::make_unique<Impl>(std::move(*ready), options)));
}

error_code UnprivilegedWire::Impl::send(OutgoingPacket const& packet, TimePoint now) {
    auto const fields = read_fields(packet);
    if (!fields) return asio::error::invalid_argument;
    if (packet.bytes.size() > SentPackets::largest_packet) return asio::error::message_size;
    if (!is_supported(*fields)) return UnprivilegedFault::unsupported;
    auto const number = sockets.find(*fields, ready, now);
    if (!number) return number.error().code;
    UserSocket& socket = *sockets.get(*number);
    auto const substitute = socket.kind() == UserSocket::Kind::udp
                                ? udp_payload(*fields)
                                : echo_request(*fields, socket.identifier(), sequences.next());
    // Before it leaves: over loopback the answer is there when the call returns.
    SentPackets::Key const key{*number, substitute.token};
    sent.remember(key, packet.bytes, now);
    auto const failed = socket.send(*fields, packet.destination,
                                    std::span(substitute.bytes).first(substitute.size));
    if (failed) sent.forget(key);
    return failed;
}

/// Sockets that are not open yet need not be waited for one after the other.
void UnprivilegedWire::Impl::prepare(std::span<OutgoingPacket const> batch, TimePoint now) {
    for (OutgoingPacket const& packet : batch)
        if (auto const fields = read_fields(packet); fields && is_supported(*fields))
            static_cast<void>(sockets.find(*fields, ready, now));
}

SendOutcome UnprivilegedWire::send(std::span<OutgoingPacket const> batch) {
    TimePoint const now = Clock::now();
    for (std::size_t i = 0; i < batch.size(); ++i) {
        auto const failed = impl_->send(batch[i], now);
        if (!failed) continue;
        if (failed == asio::error::would_block) impl_->prepare(batch.subspan(i + 1), now);
        return {i, failed};
    }
    return {batch.size(), {}};
}

void UnprivilegedWire::Impl::append(UserSocket::Heard const& heard,
                                    std::span<std::byte const> answered, UserSocket::Kind kind) {
    // Only its family matters here.
    auto const fields = read_fields({answered, heard.told.from});
    if (!fields) return;
    auto& out = bytes[packets.size()];
    std::size_t const taken = kind == UserSocket::Kind::udp ? udp_header : 0;
    std::size_t const size = rebuild_reply(heard.told, answered, *fields, taken, out);
    if (size == 0) return;
    packets.push_back({.bytes = std::span(out).first(size),
                       .protocol = icmp_of(fields->family),
                       .source = heard.told.from,
                       .hop_limit = heard.told.ttl,
                       .traffic_class = heard.told.tos});
    stamps.push_back(heard.received);
}

void UnprivilegedWire::Impl::take_from(UserSockets::Number number, Arrivals& arrivals) {
    UserSocket* const socket = sockets.get(number);
    if (!socket) return;
    std::array<std::byte, largest_reply> heard_bytes;
    while (packets.size() < replies_at_once) {
        auto const heard = socket->hear(heard_bytes);
        if (!heard) break;
        auto const token = token_of(socket->kind(), *heard);
        if (!token) continue;
        if (auto const answered = sent.find({number, *token}))
            append(*heard, *answered, socket->kind());
    }
    arrivals.dropped += socket->take_dropped();
}

Result<Arrivals> UnprivilegedWire::Impl::take() {
    auto const events = ready.look();
    if (!events) return events.error();
    packets.clear();
    stamps.clear();
    Arrivals arrivals;
    for (epoll_event const& event : *events)
        take_from(static_cast<UserSockets::Number>(event.data.u64), arrivals);
    clock.sample();
    for (std::size_t i = 0; i < packets.size(); ++i)
        packets[i].received = stamps[i] ? clock.steady(*stamps[i]) : clock.now();
    arrivals.packets = packets;
    return arrivals;
}

asio::awaitable<Result<Arrivals>> UnprivilegedWire::receive() {
    for (;;) {
        auto const waited = co_await impl_->ready.wait();
        if (waited.has_error()) co_return waited.error();
        auto arrivals = impl_->take();
        if (!arrivals || !arrivals->packets.empty()) co_return arrivals;
    }
}

Result<IpAddress> UnprivilegedWire::source_for(IpAddress const& destination) {
    return find_source(destination, impl_->interface);
}

}  // namespace dtrace::wire
