#pragma once

#include <openssl/types.h>

namespace dtrace::http {

/// OpenSSL's way to the bytes of a socket, which stays the caller's. Unlike OpenSSL's own it raises
/// no SIGPIPE when the peer has gone.
[[nodiscard]] BIO* make_socket_bio(int socket);

}  // namespace dtrace::http
