#pragma once

#include <dtrace/core/ip.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace dtrace {

// What is known of an address. The members are the JSON of the API, name by name (docs/api.md);
// absent: not known, and nothing stands in for it.

/// The network that an address belongs to.
struct NetworkInfo {
    std::optional<std::uint32_t> asn;  ///< number of the autonomous system
    std::optional<std::string> organisation;

    friend bool operator==(NetworkInfo const&, NetworkInfo const&) = default;
};
BOOST_DESCRIBE_STRUCT(NetworkInfo, (), (asn, organisation))

/// A point and its doubt, never one without the other.
struct Coordinates {
    double latitude = 0;   ///< degrees, north is positive
    double longitude = 0;  ///< degrees, east is positive
    std::uint32_t radius_km = 0;

    friend bool operator==(Coordinates const&, Coordinates const&) = default;
};
BOOST_DESCRIBE_STRUCT(Coordinates, (), (latitude, longitude, radius_km))

/// Where an address is thought to be.
struct PlaceInfo {
    std::optional<std::string> country;  ///< ISO 3166-1, two letters
    std::optional<std::string> city;
    std::optional<Coordinates> coordinates;

    friend bool operator==(PlaceInfo const&, PlaceInfo const&) = default;
};
BOOST_DESCRIBE_STRUCT(PlaceInfo, (), (country, city, coordinates))

struct AddressInfo : NetworkInfo, PlaceInfo {
    friend bool operator==(AddressInfo const&, AddressInfo const&) = default;
};
BOOST_DESCRIBE_STRUCT(AddressInfo, (NetworkInfo, PlaceInfo), ())

struct DescribedAddress {
    IpAddress address;
    std::optional<AddressInfo> info;  ///< absent: nothing is known

    friend bool operator==(DescribedAddress const&, DescribedAddress const&) = default;
};
BOOST_DESCRIBE_STRUCT(DescribedAddress, (), (address, info))

}  // namespace dtrace
