#pragma once

#include <dtrace/core/error.hpp>

#include <concepts>
#include <string_view>

namespace dtrace {

/// The one textual form of a type, the same in JSON, on the command line and in the database.
/// A specialisation, beside its type, has
///   static std::string write(T const&)           or string_view for literals
///   static Result<T> read(std::string_view)      whose error says what is allowed
template <class T>
struct TextForm;

template <class T>
concept HasTextForm = requires(T const& value, std::string_view text) {
    { TextForm<T>::write(value) } -> std::convertible_to<std::string_view>;
    { TextForm<T>::read(text) } -> std::same_as<Result<T>>;
};

template <HasTextForm T>
[[nodiscard]] auto to_text(T const& value) {
    return TextForm<T>::write(value);
}

template <HasTextForm T>
[[nodiscard]] Result<T> parse(std::string_view text) {
    return TextForm<T>::read(text);
}

}  // namespace dtrace
