#pragma once

#include <dtrace/core/text.hpp>
#include <dtrace/core/time.hpp>

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace dtrace {

/// RFC 9562. The zero value means "none".
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};
    friend auto operator<=>(Uuid const&, Uuid const&) = default;
};

/// Its 16 bytes as they are; `id` must outlive the view.
[[nodiscard]] inline std::string_view bytes_of(Uuid const& id) {
    return {reinterpret_cast<char const*>(id.bytes.data()), id.bytes.size()};
}

/// Version 7: sorted by `time` in milliseconds, the rest from the system's random source.
[[nodiscard]] Uuid make_uuid_v7(Timestamp time);

/// Version 8, derived from `name`: the same name gives the same uuid on every start.
[[nodiscard]] Uuid make_uuid_from_name(std::string_view name);

/// "018f2d9e-7c3b-7e1a-9b3c-000000000000"; upper case is read too.
template <>
struct TextForm<Uuid> {
    static std::string write(Uuid const& uuid);
    static Result<Uuid> read(std::string_view text);
};

}  // namespace dtrace
