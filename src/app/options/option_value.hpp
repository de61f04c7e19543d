#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/prefix.hpp>
#include <dtrace/core/text.hpp>
#include <dtrace/core/time.hpp>

#include <fmt/format.h>

#include <charconv>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::app {

/// How the text of one option becomes a value in a struct that outlives it. `read` says what is
/// allowed when it refuses.
struct OptionValue {
    std::function<Result<void>(std::string_view)> read;
    std::string allowed;       ///< for the help: "1 to 100"
    std::string default_text;  ///< for the help: "30"; empty: none
    bool is_switch = false;    ///< needs no argument on the command line
    bool secret = false;       ///< never to be repeated in a message
};

[[nodiscard]] Error refuse_value(std::string const& allowed);

/// Yes and no as people write them; `target` becomes `meaning` for yes.
[[nodiscard]] OptionValue toggle(bool& target, bool meaning = true);

/// Not empty.
[[nodiscard]] OptionValue text(std::string& target, std::string allowed = "");
/// The same, every reading adding one.
[[nodiscard]] OptionValue list(std::vector<std::string>& target);
[[nodiscard]] OptionValue secret(std::string& target);

/// The same value, whose default is more than a value of its type can say.
[[nodiscard]] OptionValue by_default(std::string default_text, OptionValue value);

/// A duration that is kept in whole milliseconds.
[[nodiscard]] OptionValue duration_ms(std::uint32_t& target, milliseconds low, milliseconds high);

/// A whole number, decimal or like "0x10".
template <std::unsigned_integral T>
[[nodiscard]] Result<T> parse_number(std::string_view text, std::uint64_t low, std::uint64_t high) {
    std::uint64_t number = 0;
    int const base = text.starts_with("0x") || text.starts_with("0X") ? 16 : 10;
    auto const* const first = text.data() + (base == 16 ? 2 : 0);
    auto const* const last = text.data() + text.size();
    auto const [end, failed] = std::from_chars(first, last, number, base);
    if (failed != std::errc{} || end != last || number < low || number > high)
        return refuse_value(fmt::format("{} to {}", low, high));
    return static_cast<T>(number);
}

template <std::unsigned_integral T>
[[nodiscard]] OptionValue number(T& target, std::uint64_t low, std::uint64_t high) {
    return {.read = [&target, low, high](std::string_view text) -> Result<void> {
                auto const value = parse_number<T>(text, low, high);
                if (!value) return value.error();
                target = *value;
                return {};
            },
            .allowed = fmt::format("{} to {}", low, high),
            .default_text = fmt::format("{}", target)};
}

template <std::unsigned_integral T>
[[nodiscard]] OptionValue number(std::optional<T>& target, std::uint64_t low, std::uint64_t high) {
    return {.read = [&target, low, high](std::string_view text) -> Result<void> {
                auto const value = parse_number<T>(text, low, high);
                if (!value) return value.error();
                target = *value;
                return {};
            },
            .allowed = fmt::format("{} to {}", low, high)};
}

/// Anything with a text form (core/text.hpp).
template <HasTextForm T>
[[nodiscard]] OptionValue form(T& target, std::string allowed) {
    return {.read = [&target](std::string_view text) -> Result<void> {
                auto value = parse<T>(text);
                if (!value) return value.error();
                target = *std::move(value);
                return {};
            },
            .allowed = std::move(allowed),
            .default_text = std::string(to_text(target))};
}

template <HasTextForm T>
[[nodiscard]] OptionValue form(std::optional<T>& target, std::string allowed = "") {
    return {.read = [&target](std::string_view text) -> Result<void> {
                auto value = parse<T>(text);
                if (!value) return value.error();
                target = *std::move(value);
                return {};
            },
            .allowed = std::move(allowed)};
}

/// A share of 0.0001 to 0.5, given in percent.
[[nodiscard]] OptionValue percentage(double& target);

/// Blocks of addresses, with commas between them; every reading adds to the list.
[[nodiscard]] OptionValue prefixes(std::vector<Prefix>& target);

/// A switch that stands for a value of another option: -I for --method icmp.
template <class Target, class T>
[[nodiscard]] OptionValue stands_for(Target& target, T value) {
    return {.read = [&target, value](std::string_view text) -> Result<void> {
                bool yes = false;
                if (auto const read = toggle(yes).read(text); !read) return read.error();
                if (yes) target = value;
                return {};
            },
            .is_switch = true};
}

}  // namespace dtrace::app
