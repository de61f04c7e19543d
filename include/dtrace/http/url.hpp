#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/ip.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace dtrace::http {

/// An absolute http or https address, checked. It never carries a name or a secret.
struct Url {
    std::string host;  ///< a name or a literal address; IPv6 without its brackets
    Port port = 80;
    std::string target = "/";  ///< path and query, as they go into the request line
    bool secure = false;       ///< https

    [[nodiscard]] std::string origin() const;     ///< "http://host:port", IPv6 in brackets
    [[nodiscard]] std::string authority() const;  ///< "host:port"
    /// What goes there passes no network: "localhost", 127.0.0.0/8, ::1.
    [[nodiscard]] bool is_loopback() const;
    [[nodiscard]] Url with_target(std::string_view path_and_query) const;
};

/// "http://HOST[:PORT][/PATH][?QUERY]", or https. The error says what is wrong; a name and secret
/// inside the address are misplaced. Without `default_port` it is that of the scheme, 80 or 443.
[[nodiscard]] Result<Url> parse_url(std::string_view text,
                                    std::optional<Port> default_port = std::nullopt);

/// What people type for a master: an address as above, or "HOST", "HOST:PORT", "[V6]",
/// "[V6]:PORT", "V6"; each with `default_port`.
[[nodiscard]] Result<Url> parse_master_url(std::string_view text, Port default_port);

}  // namespace dtrace::http
