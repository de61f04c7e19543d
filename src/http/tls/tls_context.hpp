#pragma once

#include <dtrace/core/error.hpp>

#include <openssl/ssl.h>

#include <filesystem>
#include <memory>

namespace dtrace::http {

struct FreeContext {
    void operator()(SSL_CTX* context) const;
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeContext>;

/// What client and server have in common: TLS 1.2 or newer, no blocking, little memory.
[[nodiscard]] TlsContext make_context(SSL_METHOD const* method);

/// What OpenSSL says is wrong with `file`.
[[nodiscard]] Error tls_file_error(std::filesystem::path const& file);

/// Takes certificate and key into the context; the error names the file.
[[nodiscard]] Result<void> use_certificate(SSL_CTX* context,
                                           std::filesystem::path const& certificate,
                                           std::filesystem::path const& key);

}  // namespace dtrace::http
