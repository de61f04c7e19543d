#include "base64.hpp"
#include "field_syntax.hpp"

#include <dtrace/http/message.hpp>
#include <dtrace/json/quote.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace dtrace::http {
namespace {

constexpr std::array<std::pair<Verb, std::string_view>, 7> verbs{{{Verb::get, "GET"},
                                                                  {Verb::head, "HEAD"},
                                                                  {Verb::post, "POST"},
                                                                  {Verb::put, "PUT"},
                                                                  {Verb::patch, "PATCH"},
                                                                  {Verb::delete_, "DELETE"},
                                                                  {Verb::options, "OPTIONS"}}};

constexpr std::array<std::pair<unsigned, std::string_view>, 37> reasons{{
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {507, "Insufficient Storage"},
}};

/// More than any name and secret of ours may have.
constexpr std::size_t max_authorization = 2048;

struct FieldSizes {
    std::uint32_t name, value;
};

/// Takes the first field off what Headers::append() has put together.
Headers::Field take_field(std::string_view& text) {
    FieldSizes sizes{};
    std::memcpy(&sizes, text.data(), sizeof sizes);
    text.remove_prefix(sizeof sizes);
    auto const name = text.substr(0, sizes.name);
    auto const value = text.substr(sizes.name, sizes.value);
    text.remove_prefix(name.size() + value.size());
    return {name, value};
}

}  // namespace

std::string_view verb_name(Verb verb) {
    for (auto const& [each, name] : verbs)
        if (each == verb) return name;
    return "UNKNOWN";
}

std::optional<Verb> find_verb(std::string_view name) {
    for (auto const& [verb, each] : verbs)
        if (each == name) return verb;
    return std::nullopt;
}

std::string_view reason_phrase(unsigned status) {
    for (auto const& [each, reason] : reasons)
        if (each == status) return reason;
    return "Status";
}

void Headers::append(std::string_view name, std::string_view value) {
    FieldSizes const sizes{static_cast<std::uint32_t>(name.size()),
                           static_cast<std::uint32_t>(value.size())};
    text_.append(reinterpret_cast<char const*>(&sizes), sizeof sizes).append(name).append(value);
}

void Headers::set(std::string_view name, std::string_view value) {
    if (!find(name)) return append(name, value);
    Headers changed;
    for (auto const& [each, old] : fields())
        changed.append(each, same_field_name(each, name) ? value : old);
    *this = std::move(changed);
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
    for (std::string_view rest = text_; !rest.empty();) {
        auto const [each, value] = take_field(rest);
        if (same_field_name(each, name)) return value;
    }
    return std::nullopt;
}

std::vector<Headers::Field> Headers::fields() const {
    std::vector<Field> all;
    for (std::string_view rest = text_; !rest.empty();)
        all.push_back(take_field(rest));
    return all;
}

Response json_response(std::string body, unsigned status) {
    Response response;
    response.status = status;
    response.headers.set("Content-Type", "application/json");
    response.body = std::move(body);
    return response;
}

Response problem(unsigned status, std::string_view title, std::string_view detail,
                 std::string_view path) {
    std::string body = fmt::format(R"({{"title":{},"status":{})", json::quoted(title), status);
    if (!detail.empty()) body += R"(,"detail":)" + json::quoted(detail);
    if (!path.empty()) body += R"(,"path":)" + json::quoted(path);
    body += "}\n";
    Response response;
    response.status = status;
    response.headers.set("Content-Type", "application/problem+json");
    response.body = std::move(body);
    return response;
}

std::optional<BasicCredentials> basic_credentials(Request const& request) {
    constexpr std::string_view scheme = "Basic ";
    auto value = request.headers.find("Authorization").value_or("");
    if (value.size() > max_authorization ||
        !same_field_name(value.substr(0, scheme.size()), scheme))
        return std::nullopt;
    value.remove_prefix(scheme.size());
    while (value.starts_with(' '))
        value.remove_prefix(1);

    auto const decoded = base64_decode(value);
    if (!decoded) return std::nullopt;
    auto const is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    };
    if (std::any_of(decoded->begin(), decoded->end(), is_control)) return std::nullopt;
    auto const colon = decoded->find(':');
    if (colon == std::string::npos || colon == 0) return std::nullopt;
    return BasicCredentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

std::string basic_authorization(BasicCredentials const& credentials) {
    return "Basic " + base64_encode(credentials.name + ':' + credentials.secret);
}

}  // namespace dtrace::http
