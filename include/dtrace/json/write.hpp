#pragma once

#include <dtrace/core/described.hpp>
#include <dtrace/core/text.hpp>
#include <dtrace/json/kinds.hpp>
#include <dtrace/json/quote.hpp>

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace dtrace::json {

template <class T>
void append(std::string& text, T const& value);

namespace detail {

inline void append_separator(std::string& text) {
    if (text.back() != '{' && text.back() != '[') text += ',';
}

template <class T>
void append_list(std::string& text, T const& list) {
    text += '[';
    for (auto const& element : list) {
        append_separator(text);
        append(text, element);
    }
    text += ']';
}

template <class T>
void append_map(std::string& text, T const& map) {
    text += '{';
    for (auto const& [key, value] : map) {
        append_separator(text);
        append(text, key);
        text += ':';
        append(text, value);
    }
    text += '}';
}

template <class T>
void append_struct(std::string& text, T const& value) {
    text += '{';
    for_each_member<T>([&](auto member) {
        auto const& content = value.*member.pointer;
        if constexpr (is_optional<std::remove_cvref_t<decltype(content)>>)
            if (!content) return;
        append_separator(text);
        append_name(text, member.name);
        append(text, content);
    });
    text += '}';
}

}  // namespace detail

/// Appends the compact JSON text of `value`; see json::write.
template <class T>
void append(std::string& text, T const& value) {
    if constexpr (is_optional<T>) {
        if (value)
            append(text, *value);
        else
            text += "null";
    } else if constexpr (is_vector<T>) {
        detail::append_list(text, value);
    } else if constexpr (is_map<T>) {
        detail::append_map(text, value);
    } else if constexpr (std::same_as<T, bool>) {
        text += value ? "true" : "false";
    } else if constexpr (std::signed_integral<T>) {
        append_number(text, static_cast<std::int64_t>(value));
    } else if constexpr (std::unsigned_integral<T>) {
        append_number(text, static_cast<std::uint64_t>(value));
    } else if constexpr (std::floating_point<T>) {
        append_number(text, static_cast<double>(value));
    } else if constexpr (is_number_or_word<T>) {
        std::string const word = to_text(value);
        if (word.find_first_not_of("0123456789") == std::string::npos)
            text += word;
        else
            append_quoted(text, word);
    } else if constexpr (std::convertible_to<T const&, std::string_view>) {
        append_quoted(text, value);
    } else if constexpr (HasTextForm<T>) {
        append_quoted(text, to_text(value));
    } else {
        static_assert(IsDescribed<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
        detail::append_struct(text, value);
    }
}

/// The compact JSON text of a value, which json::read reads back. Members stand in the order of
/// their description; an empty optional member is left out; times, addresses, uuids and enums are
/// their text form. Bytes that are not UTF-8 become U+FFFD, and a number that is not finite null.
template <class T>
[[nodiscard]] std::string write(T const& value) {
    std::string text;
    append(text, value);
    return text;
}

}  // namespace dtrace::json
