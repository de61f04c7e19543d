#include <dtrace/json/reader.hpp>

#include <algorithm>
#include <cmath>

namespace dtrace::json {

bool Reader::refuse_unknown(std::vector<std::string_view> const& known,
                            boost::json::object const& object, Place const& at) {
    std::string names;
    for (auto const name : known)
        (names += names.empty() ? "" : ", ") += name;
    for (auto const& each : object)
        if (std::ranges::find(known, std::string_view(each.key())) == known.end())
            return refuse(at.member(each.key()), "is not known here; known are " + names);
    return true;
}

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
