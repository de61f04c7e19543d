#include <dtrace/packet/byte_view.hpp>
#include <dtrace/packet/tag.hpp>

#include <sodium.h>

#include <array>

namespace dtrace::packet {

namespace {

std::uint32_t ticks_of_word(std::uint32_t word) {
    return (word << detail::high_time_bits | (word & tick_mask) >> detail::low_time_bits) &
           tick_mask;
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

Duration age(std::uint32_t sent, std::uint32_t now) {
    constexpr std::uint32_t second = seconds(1) / tick;
    std::uint32_t const shifted = (now - sent + second) & tick_mask;
    return tick * (static_cast<std::int64_t>(shifted) - second);
}

Tag unseal(std::uint32_t sealed, std::uint32_t mask) {
    std::uint32_t const word = detail::exchange_bits(sealed ^ mask);
    return {.ttl = static_cast<Ttl>(word >> tick_bits), .ticks = ticks_of_word(word)};
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
