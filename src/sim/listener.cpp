#include "listener.hpp"

namespace dtrace::sim {
namespace {

using packet::tcp_ack;
using packet::tcp_rst;
using packet::tcp_syn;

/// Linux gives up a half-open connection after five repeated SYN-ACKs: 1 + 2 + 4 + 8 + 16 + 32 s.
constexpr auto half_open_time = seconds(63);
constexpr std::size_t max_half_open = 65536;
constexpr std::uint32_t window = 65535;

}  // namespace

std::optional<Segment> refuse_segment(packet::TcpHeader const& segment) {
    if (segment.flags & tcp_rst) return {};
    if (segment.flags & tcp_ack)
        return Segment{.sequence = segment.acknowledgment, .flags = tcp_rst};
    std::uint32_t const length = segment.flags & tcp_syn ? 1 : 0;
    return Segment{.acknowledgment = segment.sequence + length,
                   .flags = static_cast<std::uint8_t>(tcp_rst | tcp_ack)};
}

std::optional<Segment> Listener::answer(Ends const& ends, packet::TcpHeader const& segment,
                                        std::uint32_t initial_sequence, TimePoint now) {
    auto known = connections_.find(ends);
    if (known != connections_.end() && known->second.expires <= now) {
        connections_.erase(known);
        known = connections_.end();
    }
    bool const is_syn = (segment.flags & (tcp_syn | tcp_ack | tcp_rst)) == tcp_syn;
    if (known == connections_.end()) {
        if (!is_syn) return refuse_segment(segment);
        if (!make_room(now)) return {};
        known = connections_.try_emplace(ends).first;
        known->second = {segment.sequence, initial_sequence, now + half_open_time};
    }

    Connection const connection = known->second;
    auto const expected = connection.theirs + 1;
    if (is_syn && segment.sequence == connection.theirs)
        return Segment{connection.ours, expected, static_cast<std::uint8_t>(tcp_syn | tcp_ack)};
    bool const in_window = segment.sequence - expected < window;
    if (segment.flags & tcp_rst) {
        if (in_window) connections_.erase(known);
        return {};
    }
    if (!in_window || is_syn) return Segment{connection.ours + 1, expected, tcp_ack};
    if (!(segment.flags & tcp_ack)) return {};
    connections_.erase(known);
    return Segment{.sequence = segment.acknowledgment, .flags = tcp_rst};
}

bool Listener::make_room(TimePoint now) {
    if (connections_.size() < max_half_open) return true;
    if (now < next_sweep_) return false;
    next_sweep_ = now + seconds(1);
    std::erase_if(connections_, [&](auto const& entry) { return entry.second.expires <= now; });
    return connections_.size() < max_half_open;
}

std::size_t Listener::EndsHash::operator()(Ends const& ends) const noexcept {
    std::hash<AddressKey> const hash;
    return mixed(hash(ends.client) ^ mixed(hash(ends.server)) ^
                 (std::uint64_t{ends.client_port} << 16 | ends.server_port));
}

}  // namespace dtrace::sim
