#include <dtrace/packet/byte_view.hpp>
#include <dtrace/packet/tag.hpp>

#include <sodium.h>

#include <array>

namespace dtrace::packet {

namespace {

/// Exchanges bits 0 and 17; its own inverse.
std::uint32_t exchange_bits(std::uint32_t word) {
    std::uint32_t const differ = (word ^ word >> 17) & 1;
    return word ^ (differ << 17 | differ);
}

// The low bits of the time, which tell packets of one TTL apart, go into the high half.
constexpr unsigned high_time_bits = 9;
constexpr unsigned low_time_bits = tick_bits - high_time_bits;

std::uint32_t time_word(std::uint32_t ticks) {
    return (ticks << low_time_bits | (ticks & tick_mask) >> high_time_bits) & tick_mask;
}

std::uint32_t ticks_of_word(std::uint32_t word) {
    return (word << high_time_bits | (word & tick_mask) >> low_time_bits) & tick_mask;
}

bool usable(std::uint32_t sealed) {
    return (sealed & 0xFFFF) != 0 && sealed >> 16 != 0;
}

std::uint64_t hash(Flow const& flow, Secret const& key, IpAddress const* source) {
    std::array<std::byte, 40> bytes{};
    ByteWriter out(bytes);
    auto const add = [&](IpAddress const& address) {
        if (address.is_v4())
            out.address(address.to_v4());
        else
            out.address(address.to_v6());
    };
    out.u8(static_cast<std::uint8_t>(flow.method));
    add(flow.destination);
    out.u16(flow.id);
    out.u16(flow.method == Method::icmp ? Port{0} : flow.destination_port);
    if (source) add(*source);

    static_assert(crypto_shorthash_KEYBYTES == std::tuple_size_v<Secret>);
    std::array<unsigned char, crypto_shorthash_BYTES> digest{};
    crypto_shorthash(digest.data(), reinterpret_cast<unsigned char const*>(bytes.data()),
                     out.size(), key.data());
    std::uint64_t value = 0;
    for (unsigned char b : digest)
        value = value << 8 | b;
    return value;
}

}  // namespace

std::uint32_t ticks_of(TimePoint time) {
    auto const ticks = std::chrono::floor<microseconds>(time.time_since_epoch()) / tick;
    return static_cast<std::uint32_t>(ticks) & tick_mask;
}

Duration age(std::uint32_t sent, std::uint32_t now) {
    constexpr std::uint32_t second = seconds(1) / tick;
    std::uint32_t const shifted = (now - sent + second) & tick_mask;
    return tick * (static_cast<std::int64_t>(shifted) - second);
}

std::uint32_t seal(Tag tag, std::uint32_t mask) {
    return exchange_bits(std::uint32_t{tag.ttl} << tick_bits | time_word(tag.ticks)) ^ mask;
}

Tag unseal(std::uint32_t sealed, std::uint32_t mask) {
    std::uint32_t const word = exchange_bits(sealed ^ mask);
    return {.ttl = static_cast<Ttl>(word >> tick_bits), .ticks = ticks_of_word(word)};
}

// Why three steps are enough: of four consecutive ticks two have the bit 0 that the high half
// cannot be zero with; these two differ in bit 1, so at most one has a low half of zero.
Tag usable_tag(Tag tag, std::uint32_t mask) {
    while (!usable(seal(tag, mask)))
        tag.ticks = (tag.ticks - 1) & tick_mask;
    return tag;
}

Tag TagSequence::next(Ttl ttl, TimePoint now, std::uint32_t mask) {
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

Secret make_secret() {
    Secret secret;
    randombytes_buf(secret.data(), secret.size());
    return secret;
}

std::uint32_t flow_mask(Flow const& flow, Secret const& secret) {
    return static_cast<std::uint32_t>(hash(flow, secret, nullptr));
}

std::uint32_t flow_label(Flow const& flow) {
    auto const label = static_cast<std::uint32_t>(hash(flow, Secret{}, &flow.source)) & 0xFFFFF;
    return label != 0 ? label : 1;
}

}  // namespace dtrace::packet
