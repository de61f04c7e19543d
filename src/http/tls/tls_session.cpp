#include "tls/tls_session.hpp"

#include "tls/tls_socket_bio.hpp"

#include <boost/asio/error.hpp>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <utility>

namespace dtrace::http {

namespace asio = boost::asio;

namespace {

/// An alert, by which the peer says what it does not like.
bool is_complaint(unsigned long code) {
    return ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) > SSL_AD_REASON_OFFSET;
}

}  // namespace

void FreeSsl::operator()(SSL* ssl) const {
    SSL_free(ssl);
}

TlsSession::TlsSession(std::unique_ptr<SSL, FreeSsl> ssl, int socket, std::vector<std::string> pins)
    : ssl_(std::move(ssl)), pins_(std::move(pins)) {
    BIO* const bio = make_socket_bio(socket);
    SSL_set_bio(ssl_.get(), bio, bio);
}

TlsSession::~TlsSession() = default;

TlsSession::Step TlsSession::judge(int result) {
    Step step;
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_NONE:
            return step;
        case SSL_ERROR_WANT_READ:
            step.wait = Wait::readable;
            return step;
        case SSL_ERROR_WANT_WRITE:
            step.wait = Wait::writable;
            return step;
        case SSL_ERROR_ZERO_RETURN:
            step.error = asio::error::eof;
            return step;
        default:
            // A peer that closes without a goodbye may have been cut off.
            broken_ = true;
            if (is_complaint(ERR_peek_last_error())) failure_ = why();
            step.error = asio::error::connection_reset;
            return step;
    }
}

TlsSession::Step TlsSession::handshake() {
    ERR_clear_error();
    auto step = judge(SSL_do_handshake(ssl_.get()));
    if (step.wait != Wait::no) return step;
    if (step.error) {
        failure_ = why();
        return step;
    }
    if (!pins_.empty() && !has_pinned_key()) {
        failure_ = "the server has another key than the pinned one";
        broken_ = true;
        step.error = asio::error::no_permission;
        return step;
    }
    ready_ = true;
    return step;
}

std::string TlsSession::why() const {
    auto const verified = SSL_get_verify_result(ssl_.get());
    if (verified != X509_V_OK)
        return std::string("the certificate is not trusted: ") +
               X509_verify_cert_error_string(verified);
    auto const code = ERR_peek_last_error();
    if (code == 0) return "the peer closed the connection";
    auto const* const reason = ERR_reason_error_string(code);
    return reason ? reason : "TLS failed";
}

bool TlsSession::has_pinned_key() const {
    X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
    if (!certificate) return false;
    unsigned char* bytes = nullptr;
    int const size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &bytes);
    if (size <= 0) return false;
    std::array<unsigned char, 32> digest{};
    bool const hashed = EVP_Digest(bytes, static_cast<std::size_t>(size), digest.data(), nullptr,
                                   EVP_sha256(), nullptr) == 1;
    OPENSSL_free(bytes);
    return hashed && std::ranges::any_of(pins_, [&](std::string const& pin) {
               return std::equal(
                   pin.begin(), pin.end(), digest.begin(), digest.end(),
                   [](char a, unsigned char b) { return static_cast<unsigned char>(a) == b; });
           });
}

TlsSession::Step TlsSession::read(asio::mutable_buffer buffer) {
    ERR_clear_error();
    std::size_t bytes = 0;
    auto step = judge(SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &bytes));
    step.bytes = bytes;
    return step;
}

TlsSession::Step TlsSession::write(asio::const_buffer buffer) {
    ERR_clear_error();
    std::size_t bytes = 0;
    auto step = judge(SSL_write_ex(ssl_.get(), buffer.data(), buffer.size(), &bytes));
    step.bytes = bytes;
    return step;
}

bool TlsSession::has_pending() const {
    return SSL_pending(ssl_.get()) > 0;
}

void TlsSession::say_goodbye() {
    if (!ready_ || broken_) return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ready_ = false;
}

}  // namespace dtrace::http
