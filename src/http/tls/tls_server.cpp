#include "tls/tls_context.hpp"
#include "tls/tls_session.hpp"

#include <dtrace/http/tls.hpp>

#include <fmt/format.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>
#include <new>
#include <utility>

namespace dtrace::http {

struct TlsServer::Impl {
    TlsServerFiles files;
    TlsContext context;
};

namespace {

Result<TlsContext> load(TlsServerFiles const& files) {
    auto context = make_context(TLS_server_method());
    if (auto used = use_certificate(context.get(), files.certificate, files.key); !used)
        return used.error();
    if (!files.client_ca.empty()) {
        ERR_clear_error();
        auto* const names = SSL_load_client_CA_file(files.client_ca.c_str());
        if (!names) return tls_file_error(files.client_ca);
        SSL_CTX_set_client_CA_list(context.get(), names);
        if (SSL_CTX_load_verify_file(context.get(), files.client_ca.c_str()) != 1)
            return tls_file_error(files.client_ca);
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                           nullptr);
    }
    return context;
}

bool are_equal(SSL_CTX* a, SSL_CTX* b) {
    return X509_cmp(SSL_CTX_get0_certificate(a), SSL_CTX_get0_certificate(b)) == 0;
}

}  // namespace

TlsServer::TlsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsServer::~TlsServer() = default;

Result<std::shared_ptr<TlsServer>> TlsServer::open(TlsServerFiles files) {
    auto context = load(files);
    if (!context) return context.error();
    auto impl = std::make_unique<Impl>();
    impl->files = std::move(files);
    impl->context = std::move(*context);
    return std::shared_ptr<TlsServer>(new TlsServer(std::move(impl)));
}

Result<bool> TlsServer::reload() {
    auto context = load(impl_->files);
    if (!context) return context.error();
    bool const same = are_equal(context->get(), impl_->context.get());
    impl_->context = std::move(*context);
    return !same;
}

TlsServerFiles const& TlsServer::files() const {
    return impl_->files;
}

std::string TlsServer::valid_until() const {
    auto const* const end = X509_get0_notAfter(SSL_CTX_get0_certificate(impl_->context.get()));
    std::tm utc{};
    if (!end || ASN1_TIME_to_tm(end, &utc) != 1) return "?";
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                       utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

std::unique_ptr<TlsSession> TlsServer::make_session(int socket) const {
    std::unique_ptr<SSL, FreeSsl> ssl(SSL_new(impl_->context.get()));
    if (!ssl) throw std::bad_alloc();
    SSL_set_accept_state(ssl.get());
    return std::make_unique<TlsSession>(std::move(ssl), socket, std::vector<std::string>());
}

}  // namespace dtrace::http
