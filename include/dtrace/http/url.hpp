#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/ip.hpp>

#include <string>
#include <string_view>

namespace dtrace::http {

/// An absolute http address, checked. It never carries a name or a secret.
struct Url {
    std::string host;  ///< a name or a literal address; IPv6 without its brackets
    Port port = 80;
    std::string target = "/";  ///< path and query, as they go into the request line

    [[nodiscard]] std::string origin() const;  ///< "http://host:port", IPv6 in brackets
    [[nodiscard]] Url with_target(std::string_view path_and_query) const;
};

/// "http://HOST[:PORT][/PATH][?QUERY]". The error says what is wrong; https is refused as not
/// supported yet, a name and secret inside the address as misplaced.
[[nodiscard]] Result<Url> parse_url(std::string_view text, Port default_port = 80);

/// What people type for a master: an http address as above, or "HOST", "HOST:PORT", "[V6]",
/// "[V6]:PORT", "V6"; each with `default_port`.
[[nodiscard]] Result<Url> parse_master_url(std::string_view text, Port default_port);

}  // namespace dtrace::http
