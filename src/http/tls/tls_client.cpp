#include "base64.hpp"
#include "tls/tls_context.hpp"
#include "tls/tls_session.hpp"

#include <dtrace/core/ip.hpp>
#include <dtrace/http/tls.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <new>
#include <utility>

namespace dtrace::http {

namespace {

constexpr std::string_view pin_scheme = "sha256//";
constexpr std::size_t digest_bytes = 32;

Result<std::string> digest_of(std::string_view pin) {
    auto const digest =
        pin.starts_with(pin_scheme) ? base64_decode(pin.substr(pin_scheme.size())) : std::nullopt;
    if (!digest || digest->size() != digest_bytes)
        return make_error(boost::system::errc::invalid_argument,
                          "must be sha256// and the 44 characters of a SHA-256 in base64");
    return *digest;
}

}  // namespace

struct TlsClient::Impl {
    TlsContext context;
    std::vector<std::string> pins;  ///< digests
};

Result<void> check_pin(std::string_view pin) {
    auto const digest = digest_of(pin);
    if (!digest) return digest.error();
    return {};
}

TlsClient::TlsClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsClient::~TlsClient() = default;

Result<std::shared_ptr<TlsClient>> TlsClient::open(TlsClientOptions options) {
    auto impl = std::make_unique<Impl>();
    impl->context = make_context(TLS_client_method());
    auto* const context = impl->context.get();
    for (auto const& pin : options.pins) {
        auto digest = digest_of(pin);
        if (!digest) return within("pin " + pin, digest.error());
        impl->pins.push_back(*std::move(digest));
    }
    ERR_clear_error();
    if (options.ca.empty())
        SSL_CTX_set_default_verify_paths(context);
    else if (SSL_CTX_load_verify_file(context, options.ca.c_str()) != 1)
        return tls_file_error(options.ca);
    SSL_CTX_set_verify(context, impl->pins.empty() ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    if (!options.certificate.empty())
        if (auto used = use_certificate(context, options.certificate, options.key); !used)
            return used.error();
    ERR_clear_error();
    return std::shared_ptr<TlsClient>(new TlsClient(std::move(impl)));
}

std::unique_ptr<TlsSession> TlsClient::make_session(int socket, std::string const& host) const {
    std::unique_ptr<SSL, FreeSsl> ssl(SSL_new(impl_->context.get()));
    if (!ssl) throw std::bad_alloc();
    SSL_set_connect_state(ssl.get());
    bool named = false;
    if (parse<IpAddress>(host)) {
        named = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), host.c_str()) == 1;
    } else {
        SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        named = SSL_set1_host(ssl.get(), host.c_str()) == 1 &&
                SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                         const_cast<char*>(host.c_str())) == 1;
    }
    if (!named) throw std::bad_alloc();
    return std::make_unique<TlsSession>(std::move(ssl), socket, impl_->pins);
}

}  // namespace dtrace::http
