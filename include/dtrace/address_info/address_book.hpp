#pragma once

#include <dtrace/address_info/address_database.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace dtrace::address_info {

/// The databases in force; none: nothing is known. A copy keeps them as they are.
struct AddressBook {
    std::shared_ptr<AddressDatabase const> asn;
    std::shared_ptr<AddressDatabase const> geo;

    [[nodiscard]] bool empty() const { return !asn && !geo; }

    /// The network from one, the place from the other; without an entry nothing is in it.
    [[nodiscard]] AddressInfo lookup(IpAddress const& address) const {
        AddressInfo info;
        if (asn) static_cast<NetworkInfo&>(info) = asn->network_of(address);
        if (geo) static_cast<PlaceInfo&>(info) = geo->place_of(address);
        return info;
    }

    /// None: nothing is known.
    [[nodiscard]] std::optional<AddressInfo> find(IpAddress const& address) const {
        auto info = lookup(address);
        return info == AddressInfo{} ? std::nullopt : std::optional(std::move(info));
    }
};

}  // namespace dtrace::address_info
