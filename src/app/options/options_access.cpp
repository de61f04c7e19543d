#include "options/command_options.hpp"

#include <dtrace/http/tls.hpp>
#include <dtrace/http/url.hpp>

namespace dtrace::app {

void add_access_options(OptionTable& table, MasterAccess& access, std::string_view secret) {
    table.add("ca", "FILE", "trust the certificates in it, in PEM, instead of the system's",
              text(access.ca));
    table.add("pin", "sha256//HASH",
              "trust the master with this key, whatever its certificate says", text(access.pin));
    table.add("client-cert", "FILE", "the certificate to show when the master asks, in PEM",
              text(access.client_certificate));
    table.add("client-key", "FILE", "its key", text(access.client_key));
    table.add("insecure", "",
              fmt::format("send the {} in clear to a master on another host", secret),
              toggle(access.insecure));
}

Result<void> check(MasterAccess const& access, std::string_view secret, bool has_secret) {
    auto const url = http::parse_master_url(access.master, access.master_port);
    if (!url)
        return usage_error(fmt::format("--master '{}': {}", access.master, url.error().message));
    if (has_secret && !url->secure && !url->is_loopback() && !access.insecure)
        return usage_error(
            fmt::format("--master {}: the {} would pass the network in clear; use https://, or say "
                        "--insecure",
                        access.master, secret));
    if (!access.pin.empty())
        if (auto const good = http::check_pin(access.pin); !good)
            return usage_error(fmt::format("--pin '{}': {}", access.pin, good.error().message));
    if (access.client_certificate.empty() != access.client_key.empty())
        return usage_error("--client-cert and --client-key: need each other");
    return {};
}

}  // namespace dtrace::app
