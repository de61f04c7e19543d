// MMDB files, whatever their bytes, and all that can be asked of them.

#include "require.hpp"

#include <dtrace/address_info/address_database.hpp>

#include <cstdint>

using namespace dtrace;
using fuzz::require;

/// libmaxminddb 1.7.1 forgets a few kilobytes when it refuses damaged metadata.
extern "C" char const* __lsan_default_suppressions() {
    return "leak:libmaxminddb";
}

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string const content(data, data + size);
    auto const database = address_info::AddressDatabase::read(content);
    if (!database) {
        require(!database.error().message.empty());
        return 0;
    }
    require((*database)->type().size() <= 100);
    static_cast<void>((*database)->built_at());
    for (auto const* text : {"192.0.2.1", "0.0.0.0", "2001:db8::1", "ffff::"}) {
        auto const address = parse<IpAddress>(text).value();
        auto const network = (*database)->network_of(address);
        require(!network.asn || *network.asn != 0);
        require(!network.organisation || network.organisation->size() <= 256);
        auto const place = (*database)->place_of(address);
        require(!place.country || place.country->size() == 2);
        require(!place.coordinates || place.coordinates->radius_km > 0);
    }
    return 0;
}
