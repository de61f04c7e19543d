#include "api/openapi.hpp"

#include <dtrace/core/version.hpp>
#include <dtrace/json/quote.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace dtrace::master {

namespace {

/// Joins what is not empty.
std::string list(std::vector<std::string> const& parts) {
    std::string text;
    for (auto const& part : parts)
        if (!part.empty()) text += (text.empty() ? "" : ",") + part;
    return text;
}

std::string lower_case(std::string_view name) {
    std::string text(name);
    std::ranges::transform(text, text.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    });
    return text;
}

std::string schema_of(ParameterType type) {
    switch (type) {
        case ParameterType::text:
            return R"({"type":"string"})";
        case ParameterType::number:
            return R"({"type":"integer","minimum":0})";
        case ParameterType::time:
            return R"({"type":"string","format":"date-time"})";
        case ParameterType::boolean:
            return R"({"type":"boolean"})";
    }
    return "{}";
}

std::string query_parameter(QueryParameter const& parameter) {
    return fmt::format(R"({{"name":{},"in":"query","description":{},"schema":{}}})",
                       json::quoted(parameter.name), json::quoted(parameter.meaning),
                       schema_of(parameter.type));
}

/// Of each `{name}` in the pattern.
std::vector<std::string> path_parameters(std::string_view pattern) {
    std::vector<std::string> parameters;
    for (auto open = pattern.find('{'); open != std::string_view::npos;
         open = pattern.find('{', open + 1)) {
        auto const name = pattern.substr(open + 1, pattern.find('}', open) - open - 1);
        parameters.push_back(
            fmt::format(R"({{"name":{},"in":"path","required":true,"schema":{{"type":"string"}}}})",
                        json::quoted(name)));
    }
    return parameters;
}

std::string header_parameter(std::string_view name, std::string_view meaning) {
    return fmt::format(
        R"({{"name":{},"in":"header","description":{},"schema":{{"type":"string"}}}})",
        json::quoted(name), json::quoted(meaning));
}

std::vector<std::string> parameters_of(ApiRoute const& route) {
    auto parameters = path_parameters(route.pattern);
    for (auto const& parameter : route.query)
        parameters.push_back(query_parameter(parameter));
    if (route.if_match)
        parameters.push_back(header_parameter("If-Match", "the ETag that the change is made for"));
    if (route.if_none_match)
        parameters.push_back(header_parameter("If-None-Match", "ETags that one has already"));
    if (route.access >= Access::user && route.verb != http::Verb::get)
        parameters.push_back(header_parameter(
            "X-CSRF-Token", "the csrf_token of the session; with a token nothing"));
    return parameters;
}

std::string schema_of(Content const& content, json::SchemaBook& book) {
    return content.schema ? content.schema(book) : "{}";
}

/// `"text/plain":{"schema":…}`; what is one of several has one of their schemas.
std::string media_type(std::string_view type, std::vector<std::string> const& schemas) {
    auto const schema =
        schemas.size() == 1 ? schemas.front() : R"({"anyOf":[)" + list(schemas) + "]}";
    return fmt::format(R"({}:{{"schema":{}}})", json::quoted(type), schema);
}

std::string content(std::string const& media_types) {
    return fmt::format(R"("content":{{{}}})", media_types);
}

struct Form {
    std::string_view type;
    std::vector<std::string> schemas;
};

std::string media_types(std::vector<Form> const& forms) {
    std::vector<std::string> all;
    for (auto const& [type, schemas] : forms)
        all.push_back(media_type(type, schemas));
    return list(all);
}

/// A status may have several forms, and a form several schemas.
std::string responses(ApiRoute const& route, json::SchemaBook& book) {
    std::map<unsigned, std::vector<Form>> answers;
    for (auto const& [status, body] : route.answers) {
        auto& forms = answers[status];
        if (body.type.empty()) continue;
        auto form = std::ranges::find(forms, body.type, &Form::type);
        if (form == forms.end()) form = forms.insert(form, Form{body.type, {}});
        form->schemas.push_back(schema_of(body, book));
    }
    std::vector<std::string> parts;
    for (auto const& [status, forms] : answers)
        parts.push_back(fmt::format(R"("{}":{{"description":{}{}}})", status,
                                    json::quoted(http::reason_phrase(status)),
                                    forms.empty() ? "" : ',' + content(media_types(forms))));
    parts.push_back(fmt::format(R"("default":{{"$ref":"#/components/responses/{}"}})",
                                route.access == Access::slave ? "Refusal" : "Problem"));
    return list(parts);
}

/// A token, or a session, whose cookie has another name over TLS.
std::string by_role(std::string_view role) {
    return fmt::format(
        R"("security":[{{"token":["{0}"]}},{{"session":["{0}"]}},{{"secure_session":["{0}"]}}])",
        role);
}

/// Nobody, a probe, or who has at least this role.
std::string security(Access access) {
    switch (access) {
        case Access::anyone:
        case Access::slave:
            return R"("security":[])";
        case Access::probe:
            return R"("security":[{"probe":[]}])";
        case Access::viewer:
        case Access::scraper:
        case Access::user:
            return by_role("viewer");
        case Access::operator_:
            return by_role("operator");
        case Access::admin:
            return by_role("admin");
    }
    return {};
}

/// "GET /api/v1/traces/{id}" → "get_traces_id": what generated programs call it.
std::string operation_id(ApiRoute const& route) {
    auto id = lower_case(http::verb_name(route.verb));
    std::string_view path = route.pattern;
    if (path.starts_with("/api/v1")) path.remove_prefix(7);
    for (char const c : path) {
        bool const is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (is_word)
            id += c;
        else if (!id.ends_with('_'))
            id += '_';
    }
    while (id.ends_with('_'))
        id.pop_back();
    return id;
}

std::string operation(ApiRoute const& route, json::SchemaBook& book) {
    auto const parameters = parameters_of(route);
    std::vector<std::string> parts{
        fmt::format(R"("operationId":{},"summary":{})", json::quoted(operation_id(route)),
                    json::quoted(route.summary)),
        security(route.access)};
    if (!parameters.empty()) parts.push_back(R"("parameters":[)" + list(parameters) + ']');
    if (!route.body.type.empty())
        parts.push_back(
            fmt::format(R"("requestBody":{{"required":true,{}}})",
                        content(media_type(route.body.type, {schema_of(route.body, book)}))));
    parts.push_back(R"("responses":{)" + responses(route, book) + '}');
    return fmt::format("{}:{{{}}}", json::quoted(lower_case(http::verb_name(route.verb))),
                       list(parts));
}

constexpr std::string_view fixed_components =
    R"("responses":{"Problem":{"description":"what went wrong, as RFC 9457 says it",)"
    R"("content":{"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}}},)"
    R"("Refusal":{"description":"what went wrong, as dist-traceroute's master says it",)"
    R"("content":{"text/plain":{"schema":{}}}}},)"
    R"("securitySchemes":{)"
    R"("token":{"type":"http","scheme":"bearer"},)"
    R"("session":{"type":"apiKey","in":"cookie","name":"dtrace_session"},)"
    R"("secure_session":{"type":"apiKey","in":"cookie","name":"__Host-dtrace_session",)"
    R"("description":"the same over TLS"},)"
    R"("probe":{"type":"http","scheme":"basic"}})";

constexpr std::string_view problem_schema =
    R"("Problem":{"type":"object","properties":{"title":{"type":"string"},)"
    R"("status":{"type":"integer"},"detail":{"type":"string"},"path":{"type":"string"}},)"
    R"("required":["title","status"]})";

}  // namespace

std::string openapi_document(std::vector<ApiRoute> const& routes) {
    json::SchemaBook book("#/components/schemas/");
    std::map<std::string_view, std::vector<std::string>> paths;
    for (auto const& route : routes)
        paths[route.pattern].push_back(operation(route, book));
    std::vector<std::string> path_items;
    for (auto const& [pattern, operations] : paths)
        path_items.push_back(json::quoted(pattern) + ":{" + list(operations) + '}');
    std::vector<std::string> schemas{std::string(problem_schema)};
    for (auto const& [name, schema] : book.structs())
        schemas.push_back(json::quoted(name) + ':' + schema);
    return fmt::format(
        R"({{"openapi":"3.1.0","info":{{"title":"dtrace-node master","version":{}}},)"
        R"("paths":{{{}}},"components":{{"schemas":{{{}}},{}}}}})"
        "\n",
        json::quoted(version), list(path_items), list(schemas), fixed_components);
}

}  // namespace dtrace::master
