#include "api/entity_tag.hpp"

#include "accounts/secrets.hpp"

#include <dtrace/http/field_list.hpp>

#include <utility>

namespace dtrace::master {

namespace {

std::string digest(std::string_view content) {
    constexpr std::size_t digits = 24;
    return hash_of_secret(content).substr(0, digits);
}

/// A tag begins with a quotation mark, so that this is in no other.
std::string beginning(std::string_view definition) {
    return '"' + digest(definition) + '-';
}

}  // namespace

std::string entity_tag(std::string_view definition, std::string_view shown) {
    return beginning(definition) + digest(shown) + '"';
}

http::Response unless_known(http::Request const& request, http::Response answer) {
    auto const known = request.headers.find("If-None-Match");
    auto const tag = answer.headers.find("ETag");
    if (!known || !tag || !http::names_tag(*known, *tag)) return answer;
    http::Response same{.status = 304, .headers = {}, .body = {}};
    same.headers.set("ETag", std::string(*tag));
    return same;
}

std::optional<http::Response> refuse_stale(http::Request const& request,
                                           std::string_view definition) {
    auto const wanted = request.headers.find("If-Match");
    if (!wanted || *wanted == "*" || wanted->find(beginning(definition)) != std::string_view::npos)
        return std::nullopt;
    return http::problem(412, "Changed meanwhile",
                         "somebody else has changed it: get it again, then change that");
}

}  // namespace dtrace::master
