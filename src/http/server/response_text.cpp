#include "server/response_text.hpp"

#include "field_syntax.hpp"

#include <dtrace/http/date.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>
#include <string_view>
#include <utility>

namespace dtrace::http {
namespace {

constexpr std::array<std::string_view, 6> ours = {
    "Date", "Server", "Content-Length", "Connection", "Transfer-Encoding", "Keep-Alive"};

/// What a page of ours that needs less care says otherwise.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> defaults{{
    {"X-Content-Type-Options", "nosniff"},
    {"Cache-Control", "no-store"},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
}};

/// RFC 9110 § 5.6.7; formatted once a second.
std::string const& http_date() {
    constexpr std::array days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    thread_local std::time_t told = -1;
    thread_local std::string text;
    std::time_t const now = std::time(nullptr);
    if (now != told) {
        std::tm utc{};
        gmtime_r(&now, &utc);
        text = fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                           days.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                           month_names.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900,
                           utc.tm_hour, utc.tm_min, utc.tm_sec);
        told = now;
    }
    return text;
}

}  // namespace

bool has_body(unsigned status) {
    return status >= 200 && status != 204 && status != 304;
}

std::string response_head(Response const& response, ResponseShape shape) {
    std::string head = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\nServer: dtrace-node\r\n",
                                   response.status, reason_phrase(response.status), http_date());
    auto const out = std::back_inserter(head);
    for (auto const& [name, value] : response.headers.fields()) {
        if (is_among(ours, name) || !is_field_name(name) || !is_field_value(value)) continue;
        fmt::format_to(std::back_inserter(head), "{}: {}\r\n", name, value);
    }
    for (auto const& [name, value] : defaults)
        if (!response.headers.find(name)) fmt::format_to(out, "{}: {}\r\n", name, value);
    if (shape.secure) head += "Strict-Transport-Security: max-age=31536000\r\n";
    if (shape.streamed) {
        if (!shape.http_1_0) head += "Transfer-Encoding: chunked\r\n";
    } else if (has_body(response.status)) {
        fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", response.body.size());
    }
    if (!shape.keep_alive) {
        head += "Connection: close\r\n";
    } else if (shape.http_1_0) {
        head += "Connection: keep-alive\r\n";
    }
    head += "\r\n";
    return head;
}

}  // namespace dtrace::http
