#include "address_key.hpp"

namespace dtrace::sim {
namespace {

constexpr std::uint64_t mapped_v4 = 0xffff00000000U;

}  // namespace

AddressKey key_of(IpAddress const& address) {
    if (address.is_v4()) return {.high = 0, .low = mapped_v4 | address.to_v4().to_uint()};
    AddressKey key;
    auto const bytes = address.to_v6().to_bytes();
    for (std::size_t i = 0; i < 8; ++i) {
        key.high = key.high << 8 | bytes[i];
        key.low = key.low << 8 | bytes[i + 8];
    }
    return key;
}

IpAddress address_of(AddressKey key) {
    if (key.high == 0 && key.low >> 32 == mapped_v4 >> 32)
        return IpV4(static_cast<std::uint32_t>(key.low));
    IpV6::bytes_type bytes;
    for (std::size_t i = 0; i < 8; ++i) {
        bytes[i] = static_cast<std::uint8_t>(key.high >> (56 - 8 * i));
        bytes[i + 8] = static_cast<std::uint8_t>(key.low >> (56 - 8 * i));
    }
    return IpV6(bytes);
}

AddressKey masked(AddressKey key, unsigned length) {
    constexpr std::uint64_t all = ~std::uint64_t{0};
    if (length < 64) return {.high = length == 0 ? 0 : key.high & all << (64 - length), .low = 0};
    return {.high = key.high, .low = length == 64 ? 0 : key.low & all << (128 - length)};
}

}  // namespace dtrace::sim
