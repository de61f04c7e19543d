#include "described_answers.hpp"

#include "api/openapi.hpp"
#include "api/routes.hpp"

#include <boost/json/parse.hpp>

#include <json_schema.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace dtrace::test {

namespace {

namespace bj = boost::json;

bj::value const& document() {
    static bj::value const parsed = bj::parse(master::openapi_document(master::api_routes()));
    return parsed;
}

master::ApiRoute const* route_of(http::Request const& request) {
    auto const& routes = master::api_routes();
    auto const found = std::ranges::find_if(routes, [&](master::ApiRoute const& route) {
        return route.verb == request.verb && route.pattern == request.route;
    });
    return found == routes.end() ? nullptr : &*found;
}

/// What the document says of this status: null if nothing. Failures need not be named one by one.
bj::value const* description_of(http::Request const& request, unsigned status) {
    auto const* const route = route_of(request);
    bj::value const* description = nullptr;
    std::string fallback = "#/components/responses/Problem";
    if (route) {
        std::string verb(http::verb_name(route->verb));
        std::ranges::transform(verb, verb.begin(), [](unsigned char c) { return std::tolower(c); });
        auto const& answers =
            document().at("paths").at(route->pattern).at(verb).at("responses").as_object();
        description = answers.if_contains(std::to_string(status));
        fallback = answers.at("default").at("$ref").as_string();
    }
    if (!description && status >= 400) return &SchemaCheck(document()).target_of(fallback);
    return description;
}

}  // namespace

std::string find_undescribed(http::Request const& request, http::Response const& response) {
    auto const place = request.path + " answers " + std::to_string(response.status);
    auto const* const description = description_of(request, response.status);
    if (!description) return place + ", which is not described";
    auto const* const content = description->as_object().if_contains("content");
    if (!content) return response.body.empty() ? "" : place + " with a body";
    auto type = std::string(response.headers.find("Content-Type").value_or(""));
    type.resize(std::min(type.find(';'), type.size()));
    auto const* const form = content->as_object().if_contains(type);
    if (!form) return place + " with " + type;
    if (!type.ends_with("json") || response.headers.find("Content-Encoding")) return {};
    boost::system::error_code code;
    auto const body = bj::parse(response.body, code);
    if (code) return place + " with what is no JSON";
    auto const fault = SchemaCheck(document()).fault(body, form->at("schema"));
    return fault.empty() ? "" : place + ": " + fault;
}

}  // namespace dtrace::test
