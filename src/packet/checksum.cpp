#include <dtrace/packet/checksum.hpp>

namespace dtrace::packet {

namespace {

template <class Address>
std::uint32_t address_sum(Address const& address) {
    std::uint32_t sum = 0;
    auto const bytes = address.to_bytes();
    for (std::size_t i = 0; i < bytes.size(); i += 2)
        sum += std::uint32_t{bytes[i]} << 8 | bytes[i + 1];
    return sum;
}

std::uint32_t address_sum(IpAddress const& address) {
    return address.is_v4() ? address_sum(address.to_v4()) : address_sum(address.to_v6());
}

}  // namespace

std::uint32_t sum_words(ByteView bytes) {
    std::uint32_t sum = 0;
    std::size_t i = 0;
    for (; i + 1 < bytes.size(); i += 2)
        sum += std::to_integer<std::uint32_t>(bytes[i]) << 8 |
               std::to_integer<std::uint32_t>(bytes[i + 1]);
    if (i < bytes.size()) sum += std::to_integer<std::uint32_t>(bytes[i]) << 8;
    return sum;
}

std::uint32_t pseudo_header_sum(IpAddress const& source, IpAddress const& destination,
                                std::uint8_t protocol, std::uint32_t length) {
    return address_sum(source) + address_sum(destination) + protocol + (length >> 16) +
           (length & 0xFFFF);
}

}  // namespace dtrace::packet
