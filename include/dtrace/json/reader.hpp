#pragma once

#include <dtrace/core/described.hpp>
#include <dtrace/core/text.hpp>
#include <dtrace/json/fault.hpp>
#include <dtrace/json/integer.hpp>
#include <dtrace/json/kinds.hpp>
#include <dtrace/json/member_finder.hpp>
#include <dtrace/json/place.hpp>

#include <boost/json/value.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace dtrace::json {

/// Unknown keys, and keys that stand twice: errors in what people write, ignored in reports.
enum class UnknownKeys { refuse, ignore };

/// One value of a parsed document into one of ours; json::read (read.hpp) is its front. Every
/// `read` returns false at the first fault, and `fault()` then says what and where.
class Reader {
  public:
    explicit Reader(UnknownKeys unknown) : unknown_(unknown) {}

    [[nodiscard]] Fault fault() && { return std::move(fault_); }

    template <class T>
    bool read(T& out, boost::json::value const& from, Place const& at) {
        if constexpr (is_optional<T>) {
            if (from.is_null()) return true;
            return read(out.emplace(), from, at);
        } else if constexpr (is_vector<T>) {
            return read_list(out, from, at);
        } else if constexpr (is_map<T>) {
            return read_map(out, from, at);
        } else if constexpr (std::same_as<T, bool>) {
            if (!from.is_bool()) return refuse(at, "must be true or false");
            out = from.get_bool();
            return true;
        } else if constexpr (std::integral<T>) {
            return read_integer(out, from, at);
        } else if constexpr (std::floating_point<T>) {
            if (!from.is_number()) return refuse(at, "must be a number");
            out = from.to_number<T>();
            return std::isfinite(out) || refuse(at, "is too large");
        } else if constexpr (is_number_or_word<T>) {
            auto const number = integer_of<std::int64_t>(from);
            if (!number && !from.is_string()) return refuse(at, "must be a number or a word");
            return read_text(out, number ? std::to_string(*number) : std::string(from.get_string()),
                             at);
        } else if constexpr (std::same_as<T, std::string> || HasTextForm<T>) {
            if (!from.is_string()) return refuse(at, "must be a string");
            return read_text(out, std::string_view(from.get_string()), at);
        } else {
            static_assert(IsDescribed<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
            return read_struct(out, from, at);
        }
    }

  private:
    template <class T>
    bool read_text(T& out, std::string_view text, Place const& at) {
        if constexpr (std::same_as<T, std::string>) {
            out = text;
        } else {
            auto parsed = parse<T>(text);
            if (!parsed) return refuse(at, std::move(parsed.error().message));
            out = std::move(*parsed);
        }
        return true;
    }

    template <class T>
    bool read_integer(T& out, boost::json::value const& from, Place const& at) {
        auto const number = integer_of<T>(from);
        if (number) out = *number;
        return number || refuse(at, why_no_integer<T>(from));
    }

    template <class T>
    bool read_list(T& out, boost::json::value const& from, Place const& at) {
        auto const* list = from.if_array();
        if (!list) return refuse(at, "must be a list");
        out.clear();
        out.reserve(list->size());
        for (std::size_t i = 0; i < list->size(); ++i)
            if (!read(out.emplace_back(), (*list)[i], at.element(i))) return false;
        return true;
    }

    template <class T>
    bool read_map(T& out, boost::json::value const& from, Place const& at) {
        auto const* object = from.if_object();
        if (!object) return refuse(at, "must be an object");
        out.clear();
        for (auto const& [name, value] : *object) {
            std::string_view const key(name);
            typename T::key_type parsed{};
            if (!read_text(parsed, key, at.key(key))) return false;
            auto& slot = out[std::move(parsed)] = {};
            if (!read(slot, value, at.key(key))) return false;
        }
        return true;
    }

    template <class T>
    bool read_struct(T& out, boost::json::value const& from, Place const& at) {
        auto const* object = from.if_object();
        if (!object) return refuse(at, "must be an object");
        MemberFinder finder(*object);
        bool good = true;
        for_each_member<T>([&](auto member) {
            if (!good) return;
            auto& target = out.*member.pointer;
            using Member = std::remove_cvref_t<decltype(target)>;
            auto const* value = finder.find(member.name);
            if (value && !value->is_null())
                good = read(target, *value, at.member(member.name));
            else if constexpr (!all_members_defaulted<T> && !may_be_absent<Member>)
                good = refuse(at.member(member.name), "is required");
        });
        if (good && !finder.found_all() && unknown_ == UnknownKeys::refuse)
            return refuse_unknown<T>(*object, at);
        return good;
    }

    template <class T>
    bool refuse_unknown(boost::json::object const& object, Place const& at) {
        std::vector<std::string_view> known;
        for_each_member<T>([&](auto member) { known.push_back(member.name); });
        return refuse_unknown(known, object, at);
    }
    bool refuse_unknown(std::vector<std::string_view> const& known,
                        boost::json::object const& object, Place const& at);
    bool refuse(Place const& at, std::string reason);

    UnknownKeys unknown_;
    Fault fault_;
};

}  // namespace dtrace::json
