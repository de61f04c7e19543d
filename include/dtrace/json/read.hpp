#pragma once

#include <dtrace/json/document.hpp>
#include <dtrace/json/duplicate_keys.hpp>
#include <dtrace/json/fault.hpp>
#include <dtrace/json/reader.hpp>

#include <boost/json/value.hpp>

#include <string_view>
#include <utility>

namespace dtrace::json {

/// Reads a struct described by Boost.Describe, a vector, a map from text, an optional, a number, a
/// bool, a string, or any type with a text form (core/text.hpp). Numbers are checked against the
/// range of their type. A member may be absent, or null, which means the same, when it is an
/// optional, a vector or a map, or when all members of its struct have defaults
/// (core/described.hpp); it then keeps its initial value.
template <class T>
[[nodiscard]] ReadResult<T> read_value(boost::json::value const& value, std::string_view path,
                                       UnknownKeys unknown) {
    using boost::system::in_place_error, boost::system::in_place_value;
    Reader reader(unknown);
    T result{};
    if (!reader.read(result, value, Place(path)))
        return {in_place_error, std::move(reader).fault()};
    return {in_place_value, std::move(result)};
}

/// The same from a text; see Document for its limits.
template <class T>
[[nodiscard]] ReadResult<T> read(std::string_view text, UnknownKeys unknown) {
    using boost::system::in_place_error;
    Document const document(text);
    auto const root = document.root();
    if (!root) return {in_place_error, root.error()};
    auto result = read_value<T>(**root, {}, unknown);
    if (result && unknown == UnknownKeys::refuse)
        if (auto fault = find_duplicate_key(text)) return {in_place_error, *std::move(fault)};
    return result;
}

}  // namespace dtrace::json
