#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/core/units.hpp>
#include <dtrace/model/flow.hpp>

#include <array>
#include <cstdint>

namespace dtrace::packet {

// How a packet carries its own identity (docs/probing.md): 32 bits hold the TTL (7 bits) and the
// send time (25 bits, ticks of 4 µs, wrapping after 134 s). They travel XORed with a mask per
// flow, so that a forged or foreign reply unseals to nonsense.

inline constexpr unsigned tick_bits = 25;
inline constexpr std::uint32_t tick_mask = (1U << tick_bits) - 1;
using Ticks = std::chrono::duration<std::int64_t, std::ratio<4, 1'000'000>>;
inline constexpr Ticks tick{1};

struct Tag {
    Ttl ttl = 0;              ///< 1–127
    std::uint32_t ticks = 0;  ///< send time, 25 bits

    friend bool operator==(Tag const&, Tag const&) = default;
};

[[nodiscard]] std::uint32_t ticks_of(TimePoint time);

/// Time from `sent` to `now`, between −1 s (two clocks may disagree a little) and +133 s.
[[nodiscard]] Duration age(std::uint32_t sent, std::uint32_t now);

/// The 32 bits on the wire. The high half holds the TTL and the low bits of the time, so that it
/// alone tells the packets of a flow apart: the low half may come back changed by a translator
/// (UDP over IPv4) or not at all (UDP over IPv6). The low half holds the other time bits and, in
/// exchange for bit 9, bit 1: each half has one of the two lowest, which is what usable_tag needs.
[[nodiscard]] std::uint32_t seal(Tag tag, std::uint32_t mask);
[[nodiscard]] Tag unseal(std::uint32_t sealed, std::uint32_t mask);

/// `tag`, sent up to three ticks earlier so that neither half of its sealed form is zero: the high
/// half may travel as IP ID, where the kernel fills in a zero, the low half as UDP checksum, where
/// zero means "none". Going back keeps ages from turning negative.
[[nodiscard]] Tag usable_tag(Tag tag, std::uint32_t mask);

/// The tags of one flow, each with a time of its own: two packets that leave within one tick
/// still differ. A flow that sends more than one packet in 16 µs for long runs ahead of the clock.
class TagSequence {
  public:
    [[nodiscard]] Tag next(Ttl ttl, TimePoint now, std::uint32_t mask);

  private:
    std::uint32_t last_ticks_ = 0;
    bool begun_ = false;
};

/// Drawn at start; never leaves the process.
using Secret = std::array<std::uint8_t, 16>;
[[nodiscard]] Secret make_secret();

/// SipHash under `secret` of what every reply shows of the flow: method, destination and ports or
/// ICMP checksum; not the source, which a translator may have changed on the way.
[[nodiscard]] std::uint32_t flow_mask(Flow const& flow, Secret const& secret);

/// The IPv6 flow label of a flow, never 0: the same in every process, because routers balance by
/// it and one flow must keep its path over restarts.
[[nodiscard]] std::uint32_t flow_label(Flow const& flow);

// What follows is done for every packet, so it is here for the compiler.

namespace detail {

/// Exchanges bits 0 and 17; its own inverse.
[[nodiscard]] inline std::uint32_t exchange_bits(std::uint32_t word) {
    std::uint32_t const differ = (word ^ word >> 17) & 1;
    return word ^ (differ << 17 | differ);
}

// The low bits of the time, which tell packets of one TTL apart, go into the high half.
inline constexpr unsigned high_time_bits = 9;
inline constexpr unsigned low_time_bits = tick_bits - high_time_bits;

[[nodiscard]] inline std::uint32_t time_word(std::uint32_t ticks) {
    return (ticks << low_time_bits | (ticks & tick_mask) >> high_time_bits) & tick_mask;
}

[[nodiscard]] inline bool usable(std::uint32_t sealed) {
    return (sealed & 0xFFFF) != 0 && sealed >> 16 != 0;
}

}  // namespace detail

inline std::uint32_t ticks_of(TimePoint time) {
    auto const ticks = std::chrono::floor<Ticks>(time.time_since_epoch()).count();
    return static_cast<std::uint32_t>(ticks) & tick_mask;
}

inline std::uint32_t seal(Tag tag, std::uint32_t mask) {
    auto const word = std::uint32_t{tag.ttl} << tick_bits | detail::time_word(tag.ticks);
    return detail::exchange_bits(word) ^ mask;
}

// Why three steps are enough: of four consecutive ticks two have the bit 0 that the high half
// cannot be zero with; these two differ in bit 1, so at most one has a low half of zero.
inline Tag usable_tag(Tag tag, std::uint32_t mask) {
    while (!detail::usable(seal(tag, mask)))
        tag.ticks = (tag.ticks - 1) & tick_mask;
    return tag;
}

inline Tag TagSequence::next(Ttl ttl, TimePoint now, std::uint32_t mask) {
    constexpr std::uint32_t dating_back = 3;  // of usable_tag
    std::uint32_t ticks = ticks_of(now);
    std::uint32_t const least = (last_ticks_ + 1 + dating_back) & tick_mask;
    bool const behind = ((ticks - least) & tick_mask) > tick_mask / 2;
    if (begun_ && behind) ticks = least;
    Tag const tag = usable_tag({.ttl = ttl, .ticks = ticks}, mask);
    last_ticks_ = tag.ticks;
    begun_ = true;
    return tag;
}

}  // namespace dtrace::packet
