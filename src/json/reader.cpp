#include <dtrace/json/reader.hpp>

#include <cmath>

namespace dtrace::json {

bool Reader::refuse(Place const& at, std::string reason) {
    fault_ = {at.text(), std::move(reason)};
    return false;
}

std::optional<std::int64_t> whole_number(boost::json::value const& value) {
    constexpr double exact = 9007199254740992;  // 2^53
    auto const* number = value.if_double();
    if (!number || is_fraction(value) || std::abs(*number) > exact) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

bool is_fraction(boost::json::value const& value) {
    auto const* number = value.if_double();
    return number && std::trunc(*number) != *number;
}

}  // namespace dtrace::json
