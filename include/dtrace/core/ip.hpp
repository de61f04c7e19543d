#pragma once

#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/error.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dtrace {

using IpAddress = boost::asio::ip::address;
using IpV4 = boost::asio::ip::address_v4;
using IpV6 = boost::asio::ip::address_v6;
using Port = std::uint16_t;

enum class Family : std::uint8_t { ipv4, ipv6 };
BOOST_DESCRIBE_ENUM(Family, ipv4, ipv6)

[[nodiscard]] inline Family family_of(IpAddress const& address) {
    return address.is_v4() ? Family::ipv4 : Family::ipv6;
}

/// a == b, where it is asked for every packet: Boost compares IPv4 addresses as both kinds.
[[nodiscard]] inline bool are_equal(IpAddress const& a, IpAddress const& b) {
    return a.is_v4() && b.is_v4() ? a.to_v4() == b.to_v4() : a == b;
}

/// Of a link-local address: without the interface, which means nothing beyond this host.
[[nodiscard]] inline IpAddress without_scope(IpAddress const& address) {
    return address.is_v4() ? address : IpV6(address.to_v6().to_bytes());
}

/// Why nothing is sent there: unspecified, multicast and broadcast addresses are no single host's
/// ("is a multicast address"). None: it may be one.
[[nodiscard]] std::optional<std::string> find_no_host(IpAddress const& address);

template <>
struct TextForm<IpAddress> {
    static std::string write(IpAddress const& address);
    static Result<IpAddress> read(std::string_view text);
};

}  // namespace dtrace
