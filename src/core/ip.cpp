#include <dtrace/core/ip.hpp>
#include <dtrace/core/peer_address.hpp>

namespace dtrace {

namespace {

/// Four numbers without leading zeros. Asio would copy the text first, and addresses are most of
/// what a report consists of.
std::optional<IpV4> read_v4(std::string_view text) {
    std::uint32_t address = 0;
    for (std::size_t part = 0; part < 4; ++part) {
        if (part > 0) {
            if (text.empty() || text.front() != '.') return std::nullopt;
            text.remove_prefix(1);
        }
        std::uint32_t number = 0;
        std::size_t digits = 0;
        for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
            if (digits > 0 && number == 0) return std::nullopt;
            number = number * 10 + static_cast<std::uint32_t>(text[digits] - '0');
            if (number > 255) return std::nullopt;
        }
        if (digits == 0) return std::nullopt;
        text.remove_prefix(digits);
        address = address << 8 | number;
    }
    if (!text.empty()) return std::nullopt;
    return IpV4(address);
}

}  // namespace

std::optional<std::string> find_no_host(IpAddress const& address) {
    IpAddress const plain = without_mapping(address);
    if (plain.is_unspecified()) return "is no host's address";
    if (plain.is_multicast()) return "is a multicast address";
    if (plain.is_v4() && plain.to_v4() == IpV4::broadcast()) return "is a broadcast address";
    return std::nullopt;
}

std::string TextForm<IpAddress>::write(IpAddress const& address) {
    return address.to_string();
}

Result<IpAddress> TextForm<IpAddress>::read(std::string_view text) {
    if (auto const v4 = read_v4(text)) return IpAddress(*v4);
    boost::system::error_code code;
    IpAddress const address = boost::asio::ip::make_address_v6(text, code);
    // Asio reads up to the first NUL.
    if (code || text.find('\0') != std::string_view::npos)
        return make_error(boost::system::errc::invalid_argument, "must be an IP address");
    return address;
}

}  // namespace dtrace
