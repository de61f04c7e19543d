#include <dtrace/core/ip.hpp>

namespace dtrace {

std::string TextForm<IpAddress>::write(IpAddress const& address) {
    return address.to_string();
}

Result<IpAddress> TextForm<IpAddress>::read(std::string_view text) {
    boost::system::error_code code;
    IpAddress address;
    if (text.find(':') == std::string_view::npos)
        address = boost::asio::ip::make_address_v4(text, code);
    else
        address = boost::asio::ip::make_address_v6(text, code);
    // Asio reads up to the first NUL.
    if (code || text.find('\0') != std::string_view::npos)
        return make_error(boost::system::errc::invalid_argument, "must be an IP address");
    return address;
}

}  // namespace dtrace
