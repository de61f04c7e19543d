#pragma once

#include <dtrace/http/message.hpp>

#include <string_view>

namespace dtrace::http {

/// A file that is part of the program.
struct Asset {
    std::string_view name;
    std::string_view content_type;
    std::string_view etag;  ///< with its quotes (RFC 9110 § 8.8.3)
    std::string_view gzipped;
};

/// How long a browser may do without asking: for ever, where the name changes with the content, or
/// not at all.
enum class Caching : std::uint8_t { immutable, ask };

/// The asset: gzipped for a client that takes it so, 304 without a body for one that has it.
[[nodiscard]] Response asset_response(Asset const& asset, Caching caching, Request const& request);

}  // namespace dtrace::http
