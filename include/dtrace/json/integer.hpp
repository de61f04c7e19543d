#pragma once

#include <boost/json/value.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace dtrace::json {

/// A number written with point or exponent that is whole all the same ("60.0", "1e3"), as long as
/// a double tells it from its neighbours.
[[nodiscard]] std::optional<std::int64_t> whole_number(boost::json::value const& value);

/// "0.5"
[[nodiscard]] bool is_fraction(boost::json::value const& value);

/// The value as a T, if it is a whole number that a T can hold.
template <std::integral T>
[[nodiscard]] std::optional<T> integer_of(boost::json::value const& value) {
    if (auto const* number = value.if_int64(); number && std::in_range<T>(*number))
        return static_cast<T>(*number);
    if (auto const* large = value.if_uint64(); large && std::in_range<T>(*large))
        return static_cast<T>(*large);
    if (auto const whole = whole_number(value); whole && std::in_range<T>(*whole))
        return static_cast<T>(*whole);
    return std::nullopt;
}

/// What to say of a value that integer_of<T> has refused.
template <std::integral T>
[[nodiscard]] std::string why_no_integer(boost::json::value const& value) {
    if (!value.is_number() || is_fraction(value)) return "must be a whole number";
    using Limits = std::numeric_limits<T>;
    return "must be " + std::to_string(Limits::min()) + " to " + std::to_string(Limits::max());
}

}  // namespace dtrace::json
