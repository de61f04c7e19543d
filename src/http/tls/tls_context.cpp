#include "tls/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <new>

namespace dtrace::http {

namespace {

/// A key with a passphrase is refused instead of asking on the terminal.
int no_passphrase(char*, int, int, void*) {
    return 0;
}

}  // namespace

void FreeContext::operator()(SSL_CTX* context) const {
    SSL_CTX_free(context);
}

TlsContext make_context(SSL_METHOD const* method) {
    TlsContext context(SSL_CTX_new(method));
    if (!context) throw std::bad_alloc();
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                           SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_default_passwd_cb(context.get(), no_passphrase);
    // Sessions kept on our side would be memory for every stranger.
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    return context;
}

Error tls_file_error(std::filesystem::path const& file) {
    auto const code = ERR_peek_error();
    ERR_clear_error();
    if (ERR_SYSTEM_ERROR(code)) {
        errno = ERR_GET_REASON(code);
        return errno_error(file.string());
    }
    auto const* const reason = ERR_reason_error_string(code);
    return make_error(boost::system::errc::invalid_argument,
                      file.string() + ": " + (reason ? reason : "cannot be used"));
}

Result<void> use_certificate(SSL_CTX* context, std::filesystem::path const& certificate,
                             std::filesystem::path const& key) {
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
        return tls_file_error(certificate);
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
        return tls_file_error(key);
    if (SSL_CTX_check_private_key(context) != 1) return tls_file_error(key);
    return {};
}

}  // namespace dtrace::http
