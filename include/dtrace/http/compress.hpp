#pragma once

#include <dtrace/http/message.hpp>

#include <cstddef>

namespace dtrace::http {

/// Smaller bodies fit into a packet as they are.
inline constexpr std::size_t worth_compressing = 1024;

/// Tells caches that the answer depends on Accept-Encoding, if it does: text of that size at least,
/// which is whole, not compressed yet, and not known to clients by an ETag, which would be another
/// one. True: this client takes it compressed.
[[nodiscard]] bool negotiate_gzip(Request const& request, Response& response);

/// Compresses the body, quickly rather than well.
void compress(Response& response);

}  // namespace dtrace::http
