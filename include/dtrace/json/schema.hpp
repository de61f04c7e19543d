#pragma once

#include <dtrace/core/described.hpp>
#include <dtrace/core/text.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/json/kinds.hpp>

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

namespace dtrace::json {

/// The `format` of a type's text form, as JSON Schema calls it; empty: none.
template <class T>
inline constexpr std::string_view text_format = "";
template <>
inline constexpr std::string_view text_format<Uuid> = "uuid";
template <>
inline constexpr std::string_view text_format<Timestamp> = "date-time";

namespace detail {

[[nodiscard]] std::string integer_schema(std::int64_t low, std::uint64_t high);
[[nodiscard]] std::string text_schema(std::string_view format);
[[nodiscard]] std::string enum_schema(std::vector<std::string> const& texts);

}  // namespace detail

/// JSON Schemas (2020-12) of described structs, the way json::read and json::write treat them. A
/// struct's own schema is kept here once, and referred to by its name. A member is required if
/// reading demands it.
class SchemaBook {
  public:
    /// Where the schemas will stand: "#/components/schemas/".
    explicit SchemaBook(std::string place) : place_(std::move(place)) {}

    /// The JSON text of the schema of T; of a struct: a reference.
    template <class T>
    std::string schema_of() {
        if constexpr (is_optional<T>) {
            return schema_of<typename T::value_type>();
        } else if constexpr (is_vector<T>) {
            return R"({"type":"array","items":)" + schema_of<typename T::value_type>() + '}';
        } else if constexpr (is_map<T>) {
            return R"({"type":"object","additionalProperties":)" +
                   schema_of<typename T::mapped_type>() + '}';
        } else if constexpr (std::same_as<T, bool>) {
            return R"({"type":"boolean"})";
        } else if constexpr (std::integral<T>) {
            return detail::integer_schema(
                static_cast<std::int64_t>(std::numeric_limits<T>::min()),
                static_cast<std::uint64_t>(std::numeric_limits<T>::max()));
        } else if constexpr (std::floating_point<T>) {
            return R"({"type":"number"})";
        } else if constexpr (is_number_or_word<T>) {
            return R"({"type":["integer","string"]})";
        } else if constexpr (boost::describe::has_describe_enumerators<T>::value) {
            return schema_of_enum<T>();
        } else if constexpr (std::same_as<T, std::string> || HasTextForm<T>) {
            return detail::text_schema(text_format<T>);
        } else {
            static_assert(IsDescribed<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
            return schema_of_struct<T>();
        }
    }

    /// The JSON text of the schema of a merge patch (RFC 7396) for a T: any member may be absent,
    /// or null, which takes it away.
    template <class T>
    std::string schema_of_patch() {
        auto members = members_of<T>();
        for (auto& member : members) {
            member.schema = R"({"anyOf":[)" + member.schema + R"(,{"type":"null"}]})";
            member.required = false;
        }
        return object_schema(members);
    }

    /// Name → JSON text of the schema.
    [[nodiscard]] std::map<std::string, std::string> const& structs() const { return structs_; }

  private:
    template <class T>
    static std::string schema_of_enum() {
        std::vector<std::string> texts;
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
            [&](auto enumerator) { texts.emplace_back(to_text(enumerator.value)); });
        return detail::enum_schema(texts);
    }

    template <class T>
    std::string schema_of_struct() {
        auto const name = enter(typeid(T));
        if (!name.second) return reference_to(name.first);
        structs_[name.first] = object_schema(members_of<T>());
        return reference_to(name.first);
    }

    struct MemberSchema {
        std::string name;
        std::string schema;
        bool required;
    };
    using Members = std::vector<MemberSchema>;

    template <class T>
    Members members_of() {
        Members members;
        for_each_member<T>([&](auto member) {
            using Member = std::remove_cvref_t<decltype(std::declval<T>().*member.pointer)>;
            members.push_back({.name = member.name,
                               .schema = schema_of<Member>(),
                               .required = !all_members_defaulted<T> && !may_be_absent<Member>});
        });
        return members;
    }
    [[nodiscard]] static std::string object_schema(Members const& members);

    /// The struct's name, and whether it is new here. Two structs of one name: std::logic_error.
    std::pair<std::string, bool> enter(std::type_info const& type);
    [[nodiscard]] std::string reference_to(std::string const& name) const;

    std::string place_;
    std::map<std::string, std::string> structs_;
    std::map<std::string, std::type_info const*> types_;
};

}  // namespace dtrace::json
