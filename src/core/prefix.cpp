#include <dtrace/core/peer_address.hpp>
#include <dtrace/core/prefix.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace dtrace {

namespace {

/// An IPv4 address stands in the first four.
using Bytes = std::array<unsigned char, 16>;

Bytes bytes_of(IpAddress const& address) {
    if (address.is_v6()) return address.to_v6().to_bytes();
    Bytes bytes{};
    auto const v4 = address.to_v4().to_bytes();
    std::copy(v4.begin(), v4.end(), bytes.begin());
    return bytes;
}

Bytes masked(Bytes bytes, unsigned length) {
    for (unsigned i = 0; i < bytes.size(); ++i) {
        unsigned const kept = length > 8 * i ? std::min(8u, length - 8 * i) : 0;
        bytes[i] = static_cast<unsigned char>(bytes[i] & ~(0xFFu >> kept));
    }
    return bytes;
}

/// IPv4 written as IPv6 (::ffff:192.0.2.0/120) is IPv4.
Prefix unmapped(Prefix const& prefix) {
    constexpr std::uint8_t mapping = 96;
    if (!prefix.address.is_v6() || !prefix.address.to_v6().is_v4_mapped() ||
        prefix.length < mapping)
        return prefix;
    return {.address = without_mapping(prefix.address),
            .length = static_cast<std::uint8_t>(prefix.length - mapping)};
}

}  // namespace

Prefix host_prefix(IpAddress const& address) {
    return {.address = address, .length = static_cast<std::uint8_t>(address.is_v4() ? 32 : 128)};
}

bool contains(Prefix const& outer, Prefix const& inner) {
    return outer.address.is_v4() == inner.address.is_v4() && outer.length <= inner.length &&
           masked(bytes_of(inner.address), outer.length) == bytes_of(outer.address);
}

bool contains(Prefix const& prefix, IpAddress const& address) {
    return contains(prefix, host_prefix(address));
}

std::string TextForm<Prefix>::write(Prefix const& prefix) {
    return to_text(prefix.address) + "/" + std::to_string(prefix.length);
}

Result<Prefix> TextForm<Prefix>::read(std::string_view text) {
    using boost::system::errc::invalid_argument;
    auto const slash = text.find('/');
    auto const address = parse<IpAddress>(text.substr(0, slash));
    if (!address)
        return make_error(invalid_argument, "must be an address or a prefix like 192.0.2.0/24");
    auto prefix = host_prefix(*address);
    if (slash == std::string_view::npos) return unmapped(prefix);

    auto const digits = text.substr(slash + 1);
    unsigned length = 0;
    auto const [end, failed] =
        std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (failed != std::errc{} || end != digits.data() + digits.size() || length > prefix.length)
        return make_error(invalid_argument,
                          "must have a prefix length of 0 to " + std::to_string(prefix.length));
    prefix.length = static_cast<std::uint8_t>(length);
    if (masked(bytes_of(*address), length) != bytes_of(*address))
        return make_error(invalid_argument, "must have no bits set behind its prefix length");
    return unmapped(prefix);
}

}  // namespace dtrace
