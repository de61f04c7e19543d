#include "commands/open_tls.hpp"

#include <utility>

namespace dtrace::app {

Result<std::shared_ptr<http::TlsClient>> open_tls(MasterAccess const& access) {
    http::TlsClientOptions tls{.ca = access.ca,
                               .pins = {},
                               .certificate = access.client_certificate,
                               .key = access.client_key};
    if (!access.pin.empty()) tls.pins.push_back(access.pin);
    auto client = http::TlsClient::open(std::move(tls));
    if (!client) return within("TLS", client.error());
    return client;
}

}  // namespace dtrace::app
