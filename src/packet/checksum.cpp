#include <dtrace/packet/checksum.hpp>

#include <algorithm>
#include <array>

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
    auto const add = [&sum](ByteReader two_words) {
        std::uint32_t const both = two_words.u32();
        sum += (both >> 16) + (both & 0xFFFF);
    };
    for (; bytes.size() >= 4; bytes = bytes.subspan(4))
        add(ByteReader(bytes));
    std::array<std::byte, 4> rest{};
    std::ranges::copy(bytes, rest.begin());
    add(ByteReader(rest));
    return sum;
}

std::uint32_t pseudo_header_sum(IpAddress const& source, IpAddress const& destination,
                                std::uint8_t protocol, std::uint32_t length) {
    return address_sum(source) + address_sum(destination) + protocol + (length >> 16) +
           (length & 0xFFFF);
}

}  // namespace dtrace::packet
