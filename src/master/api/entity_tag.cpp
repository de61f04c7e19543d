#include "api/entity_tag.hpp"

#include "accounts/secrets.hpp"

namespace dtrace::master {

std::string entity_tag(std::string_view content) {
    constexpr std::size_t digits = 24;
    return '"' + hash_of_secret(content).substr(0, digits) + '"';
}

std::optional<http::Response> refuse_stale(http::Request const& request, std::string_view tag) {
    auto const wanted = request.headers.find("If-Match");
    // A tag stands in quotation marks, so that it is never a part of another one.
    if (!wanted || *wanted == "*" || wanted->find(tag) != std::string_view::npos)
        return std::nullopt;
    auto response = http::problem(412, "Changed meanwhile",
                                  "somebody else has changed it: get it again, then change that");
    response.headers.set("ETag", std::string(tag));
    return response;
}

}  // namespace dtrace::master
