#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/http/message.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace dtrace::master {

class QueryParameters;

/// A problem with Retry-After, in whole seconds, at least one.
[[nodiscard]] http::Response try_later(unsigned status, std::string_view title,
                                       std::string_view detail, Duration after);

/// What a failed store means to a client: 507 when the disk is full, else 503; to be tried again.
[[nodiscard]] http::Response store_failed(Error const& error);

/// A page that the store did not give: the cursor is not from us (400), or it has failed.
[[nodiscard]] http::Response no_page(QueryParameters& query, Error const& error);

/// A member of an answer that is only there where there is something to count.
[[nodiscard]] inline std::optional<std::uint64_t> unless_none(std::uint64_t count) {
    return count > 0 ? std::optional(count) : std::nullopt;
}

}  // namespace dtrace::master
