#pragma once

#include <dtrace/core/described.hpp>
#include <dtrace/core/text.hpp>
#include <dtrace/json/kinds.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dtrace::json {

/// Reads the text that json::write makes of a value, straight from the text: members in the order
/// of their description, strings of plain ASCII, whole numbers. At anything else, however right it
/// may be, it gives up with false, which means nothing but that a Document has to tell. What it
/// does read is what Document and Reader make of the same text.
class QuickReader {
  public:
    explicit QuickReader(std::string_view text)
        : next_(text.data()), end_(text.data() + text.size()) {}

    template <class T>
    [[nodiscard]] bool read(T& out) {
        if constexpr (is_optional<T>) {
            return read(out.emplace());
        } else if constexpr (is_vector<T>) {
            return read_list(out);
        } else if constexpr (std::same_as<T, bool>) {
            return read_bool(out);
        } else if constexpr (std::integral<T>) {
            auto const number = take_number();
            if (!number || !std::in_range<T>(*number)) return false;
            out = static_cast<T>(*number);
            return true;
        } else if constexpr (is_map<T> || std::floating_point<T> || is_number_or_word<T>) {
            return false;
        } else if constexpr (std::same_as<T, std::string>) {
            auto const text = take_string();
            if (text) out = *text;
            return text.has_value();
        } else if constexpr (HasTextForm<T>) {
            auto const text = take_string();
            if (!text) return false;
            auto parsed = parse<T>(*text);
            if (parsed) out = std::move(*parsed);
            return parsed.has_value();
        } else {
            return read_struct(out);
        }
    }

    /// Past a mark ("{", ",") and the space before it, if it is next.
    [[nodiscard]] bool take(char mark) {
        skip_space();
        if (next_ == end_ || *next_ != mark) return false;
        ++next_;
        return true;
    }

    /// Nothing but space is left.
    [[nodiscard]] bool at_end() {
        skip_space();
        return next_ == end_;
    }

  private:
    template <class T>
    bool read_list(T& out) {
        out.clear();
        if (!take('[')) return false;
        if (take(']')) return true;
        if constexpr (sizeof(typename T::value_type) <= 128) out.reserve(8);
        do
            if (!read(out.emplace_back())) return false;
        while (take(','));
        return take(']');
    }

    template <class T>
    bool read_struct(T& out) {
        if (!take('{')) return false;
        bool good = true;
        bool first = true;
        for_each_member<T>([&](auto member) {
            using Member = std::remove_cvref_t<decltype(out.*member.pointer)>;
            if (!good) return;
            if (take_name<decltype(member)>(first)) {
                good = read(out.*member.pointer);
                first = false;
            } else {
                good = all_members_defaulted<T> || may_be_absent<Member>;
            }
        });
        return good && take('}');
    }

    /// Past `"name":`, and the comma before it unless it is the first; else stays.
    template <class Member>
    bool take_name(bool first) {
        static constexpr auto mark = mark_of<Member>();
        if (next_ != end_ && *next_ == '}') return false;
        if (!first && take_text<mark.size()>(mark.data())) return true;  // as a rule
        char const* const before = next_;
        if (first || take(',')) {
            skip_space();
            if (take_text<mark.size() - 2>(mark.data() + 1) && take(':')) return true;
        }
        next_ = before;
        return false;
    }

    /// `,"name":`
    template <class Member>
    static consteval auto mark_of() {
        constexpr std::string_view name = Member::name;
        std::array<char, name.size() + 4> mark{',', '"'};
        name.copy(mark.data() + 2, name.size());
        mark[name.size() + 2] = '"';
        mark.back() = ':';
        return mark;
    }

    template <std::size_t size>
    bool take_text(char const* text) {
        bool const good = end_ - next_ >= std::ptrdiff_t{size} && !std::memcmp(next_, text, size);
        if (good) next_ += size;
        return good;
    }

    bool read_bool(bool& out);
    std::optional<std::string_view> take_string();
    std::optional<std::int64_t> take_number();
    void skip_space() {
        while (next_ != end_ &&
               (*next_ == ' ' || *next_ == '\n' || *next_ == '\r' || *next_ == '\t'))
            ++next_;
    }

    char const* next_;
    char const* end_;
};

}  // namespace dtrace::json
