#include "api/query_parameters.hpp"

#include <algorithm>
#include <charconv>

namespace dtrace::master {

QueryParameters::QueryParameters(std::map<std::string, std::string> const& query,
                                 std::initializer_list<std::string_view> known)
    : query_(query) {
    for (auto const& [name, value] : query) {
        if (std::ranges::find(known, name) != known.end()) continue;
        std::string names;
        for (auto const one : known)
            names.append(names.empty() ? "" : ", ").append(one);
        refuse(name, known.size() == 0 ? "is not known here; there are no parameters"
                                       : "is not known here; known are " + names);
    }
}

std::optional<std::string> QueryParameters::text(std::string const& name) const {
    auto const found = query_.find(name);
    if (found == query_.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

std::optional<std::uint64_t> QueryParameters::number(std::string const& name, std::uint64_t low,
                                                     std::uint64_t high) {
    auto const digits = text(name);
    if (!digits) return std::nullopt;
    std::uint64_t value = 0;
    auto const* const end = digits->data() + digits->size();
    auto const [stopped, failed] = std::from_chars(digits->data(), end, value);
    if (failed == std::errc{} && stopped == end && value >= low && value <= high) return value;
    refuse(name,
           "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return std::nullopt;
}

std::optional<Timestamp> QueryParameters::time(std::string const& name) {
    auto const value = text(name);
    if (!value) return std::nullopt;
    auto const parsed = parse<Timestamp>(*value);
    if (parsed) return *parsed;
    refuse(name, parsed.error().message);
    return std::nullopt;
}

std::optional<bool> QueryParameters::boolean(std::string const& name) {
    auto const value = text(name);
    if (!value) return std::nullopt;
    if (*value == "true" || *value == "false") return *value == "true";
    refuse(name, "must be true or false");
    return std::nullopt;
}

void QueryParameters::refuse(std::string_view name, std::string_view reason) {
    if (!fault_) fault_ = http::problem(400, "Wrong query parameter", reason, name);
}

}  // namespace dtrace::master
