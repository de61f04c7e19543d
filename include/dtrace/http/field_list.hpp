#pragma once

#include <string_view>

namespace dtrace::http {

// Fields whose value is a list: Accept, Accept-Encoding, If-None-Match (RFC 9110 § 5.6.1).

/// How much the list wants this element, in thousandths: 1000 without ";q=", 0 if it is not there.
[[nodiscard]] unsigned weight_in(std::string_view list, std::string_view element);

/// Whether it has the element; ";q=0" is a refusal.
[[nodiscard]] bool lists(std::string_view list, std::string_view element);

/// Whether If-None-Match names this ETag: weak ones count as strong, and `*` is any (§ 13.1.2).
[[nodiscard]] bool names_tag(std::string_view if_none_match, std::string_view etag);

}  // namespace dtrace::http
