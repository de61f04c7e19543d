#include <dtrace/json/quote.hpp>
#include <dtrace/json/schema.hpp>

#include <boost/core/demangle.hpp>

#include <stdexcept>

namespace dtrace::json {

namespace {

/// Beyond it a reader may round (RFC 8259 § 6), and a limit says nothing.
constexpr std::uint64_t largest_exact = (std::uint64_t{1} << 53) - 1;

/// A comma, but before the first.
void separate(std::string& list) {
    if (!list.empty()) list += ',';
}

}  // namespace

namespace detail {

std::string integer_schema(std::int64_t low, std::uint64_t high) {
    std::string text = R"({"type":"integer")";
    if (low >= 0 || static_cast<std::uint64_t>(-(low + 1)) < largest_exact)
        text += R"(,"minimum":)" + std::to_string(low);
    if (high <= largest_exact) text += R"(,"maximum":)" + std::to_string(high);
    return text + '}';
}

std::string text_schema(std::string_view format) {
    if (format.empty()) return R"({"type":"string"})";
    return R"({"type":"string","format":)" + quoted(format) + '}';
}

std::string enum_schema(std::vector<std::string> const& texts) {
    std::string list;
    for (auto const& text : texts) {
        separate(list);
        append_quoted(list, text);
    }
    return R"({"type":"string","enum":[)" + list + "]}";
}

}  // namespace detail

std::pair<std::string, bool> SchemaBook::enter(std::type_info const& type) {
    auto name = boost::core::demangle(type.name());
    if (auto const colons = name.rfind("::"); colons != std::string::npos)
        name.erase(0, colons + 2);
    auto const [known, is_new] = types_.emplace(name, &type);
    if (!is_new && *known->second != type)
        throw std::logic_error("two structs of the API are called " + name);
    return {std::move(name), is_new};
}

std::string SchemaBook::object_schema(Members const& members) {
    std::string properties;
    std::string required;
    for (auto const& member : members) {
        separate(properties);
        append_quoted(properties, member.name);
        properties += ':' + member.schema;
        if (!member.required) continue;
        separate(required);
        append_quoted(required, member.name);
    }
    std::string schema = R"({"type":"object","properties":{)" + properties + '}';
    if (!required.empty()) schema += R"(,"required":[)" + required + ']';
    return schema + '}';
}

std::string SchemaBook::reference_to(std::string const& name) const {
    return R"({"$ref":)" + quoted(place_ + name) + '}';
}

}  // namespace dtrace::json
