#include <dtrace/core/peer_address.hpp>

#include <algorithm>

namespace dtrace {

IpAddress without_mapping(IpAddress const& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
    return address;
}

IpAddress host_network(IpAddress const& address) {
    auto const plain = without_mapping(address);
    if (plain.is_v4()) return plain;
    auto bytes = plain.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
    return IpV6(bytes);
}

}  // namespace dtrace
