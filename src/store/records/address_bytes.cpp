#include "records/address_bytes.hpp"

#include <algorithm>
#include <cstdint>

namespace dtrace::store {

std::string address_to_bytes(IpAddress const& address) {
    if (address.is_v4()) {
        auto const bytes = address.to_v4().to_bytes();
        return {bytes.begin(), bytes.end()};
    }
    auto const v6 = address.to_v6();
    auto const bytes = v6.to_bytes();
    std::string result(bytes.begin(), bytes.end());
    auto const scope = static_cast<std::uint32_t>(v6.scope_id());
    if (scope != 0)
        for (unsigned const shift : {24U, 16U, 8U, 0U})
            result += static_cast<char>(scope >> shift & 0xFF);
    return result;
}

std::optional<IpAddress> address_from_bytes(std::string_view bytes) {
    if (bytes.size() == 4) {
        IpV4::bytes_type v4;
        std::ranges::copy(bytes, reinterpret_cast<char*>(v4.data()));
        return IpV4(v4);
    }
    if (bytes.size() != 16 && bytes.size() != 20) return std::nullopt;
    IpV6::bytes_type v6;
    std::ranges::copy(bytes.substr(0, 16), reinterpret_cast<char*>(v6.data()));
    std::uint32_t scope = 0;
    for (char const c : bytes.substr(16))
        scope = scope << 8 | static_cast<unsigned char>(c);
    return IpV6(v6, scope);
}

}  // namespace dtrace::store
