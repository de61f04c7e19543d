#include <dtrace/http/url.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace dtrace::http {
namespace {

using boost::system::errc::invalid_argument;

constexpr std::size_t max_host = 253;  // RFC 1035 § 2.3.4, without the root's dot

struct Authority {
    std::string_view host;
    std::optional<std::string_view> port;
};

/// "HOST", "HOST:PORT", "[V6]", "[V6]:PORT". `bare_v6`: also "V6".
Result<Authority> split_authority(std::string_view text, bool bare_v6) {
    if (text.starts_with('[')) {
        auto const close = text.find(']');
        if (close == std::string_view::npos)
            return make_error(invalid_argument, "the [ has no ] behind the IPv6 address");
        auto const rest = text.substr(close + 1);
        if (!rest.empty() && !rest.starts_with(':'))
            return make_error(invalid_argument, "after the ] only :PORT is allowed");
        Authority result{text.substr(1, close - 1), std::nullopt};
        if (!rest.empty()) result.port = rest.substr(1);
        return result;
    }
    if (std::count(text.begin(), text.end(), ':') > 1) {
        if (bare_v6) return Authority{text, std::nullopt};
        return make_error(invalid_argument, "an IPv6 address must be in [brackets]");
    }
    auto const colon = text.find(':');
    if (colon == std::string_view::npos) return Authority{text, std::nullopt};
    return Authority{text.substr(0, colon), text.substr(colon + 1)};
}

Result<Port> parse_port(std::string_view text) {
    unsigned value = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size() || value < 1 || value > 65535)
        return make_error(invalid_argument, "the port must be 1 to 65535");
    return static_cast<Port>(value);
}

Result<std::string> checked_host(std::string_view host, bool v6) {
    if (host.empty()) return make_error(invalid_argument, "the host is missing");
    if (v6) {
        auto const address = parse<IpAddress>(host);
        if (!address || !address->is_v6())
            return make_error(invalid_argument, std::string(host) + " is not an IPv6 address");
        return std::string(host);
    }
    auto const allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == '_';
    };
    if (host.size() > max_host || !std::all_of(host.begin(), host.end(), allowed))
        return make_error(invalid_argument, "the host may have letters, digits, - . and _ only");
    return std::string(host);
}

Result<Url> from_authority(std::string_view text, Port default_port, bool bare_v6) {
    if (text.find('@') != std::string_view::npos)
        return make_error(invalid_argument, "an address must not contain a name or a secret (@)");
    auto const authority = split_authority(text, bare_v6);
    if (!authority) return authority.error();
    bool const v6 = authority->host.find(':') != std::string_view::npos || text.starts_with('[');
    auto const host = checked_host(authority->host, v6);
    if (!host) return host.error();
    Url url{.host = *host, .port = default_port, .target = "/"};
    if (authority->port) {
        auto const port = parse_port(*authority->port);
        if (!port) return port.error();
        url.port = *port;
    }
    return url;
}

/// Visible ASCII only: anything else would break the request line.
bool is_clean(std::string_view target) {
    return std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

bool starts_with_scheme(std::string_view text, std::string_view scheme) {
    if (text.size() < scheme.size()) return false;
    return std::equal(scheme.begin(), scheme.end(), text.begin(), [](char want, char have) {
        return want == have || (have >= 'A' && have <= 'Z' && want == have + ('a' - 'A'));
    });
}

}  // namespace

std::string Url::origin() const {
    return (secure ? "https://" : "http://") + authority();
}

std::string Url::authority() const {
    bool const v6 = host.find(':') != std::string::npos;
    return (v6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

bool Url::is_loopback() const {
    auto const address = parse<IpAddress>(host);
    return address ? address->is_loopback() : host == "localhost";
}

Url Url::with_target(std::string_view path_and_query) const {
    Url url = *this;
    url.target = path_and_query;
    return url;
}

Result<Url> parse_url(std::string_view text, std::optional<Port> given_port) {
    bool const secure = starts_with_scheme(text, "https://");
    if (!secure && !starts_with_scheme(text, "http://"))
        return make_error(invalid_argument, "an address must begin with https:// or http://");
    text.remove_prefix(text.find("//") + 2);
    Port const default_port = given_port.value_or(secure ? 443 : 80);
    auto const end = std::min(text.find_first_of("/?#"), text.size());
    auto url = from_authority(text.substr(0, end), default_port, false);
    if (!url) return url;
    url->secure = secure;
    auto target = text.substr(end);
    target = target.substr(0, target.find('#'));
    if (!is_clean(target))
        return make_error(invalid_argument, "spaces and the like must be written as %XX");
    url->target = target.starts_with('/') ? std::string(target) : '/' + std::string(target);
    return url;
}

Result<Url> parse_master_url(std::string_view text, Port default_port) {
    if (text.find("://") != std::string_view::npos) return parse_url(text, default_port);
    return from_authority(text, default_port, true);
}

}  // namespace dtrace::http
