#include "accounts/gate.hpp"

#include "accounts/secrets.hpp"

#include <algorithm>
#include <utility>

namespace dtrace::master {

namespace {

http::Response log_in(std::string_view detail) {
    auto response = http::problem(401, "Log in", detail);
    response.headers.set("WWW-Authenticate", "Bearer realm=\"dtrace-node\"");
    return response;
}

http::Response forbidden(std::string_view detail) {
    return http::problem(403, "Not allowed", detail);
}

bool only_reads(http::Verb verb) {
    return verb == http::Verb::get || verb == http::Verb::head || verb == http::Verb::options;
}

Role needed(Access access) {
    return access == Access::admin       ? Role::admin
           : access == Access::operator_ ? Role::operator_
                                         : Role::viewer;
}

}  // namespace

std::string_view cookie_name(bool secure) {
    return secure ? "__Host-dtrace_session" : "dtrace_session";
}

std::string csrf_token_of(std::string_view cookie) {
    return hash_of_secret("csrf:" + std::string(cookie));
}

std::string_view find_cookie(http::Request const& request) {
    auto rest = request.headers.find("Cookie").value_or("");
    auto const wanted = cookie_name(request.secure);
    while (!rest.empty()) {
        auto const end = std::min(rest.find(';'), rest.size());
        auto pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        while (pair.starts_with(' '))
            pair.remove_prefix(1);
        if (pair.starts_with(wanted) && pair.substr(wanted.size()).starts_with('='))
            return pair.substr(wanted.size() + 1);
    }
    return {};
}

bool is_from_elsewhere(http::Request const& request) {
    auto const site = request.headers.find("Sec-Fetch-Site").value_or("same-origin");
    if (site != "same-origin" && site != "none") return true;
    auto const origin = request.headers.find("Origin");
    if (!origin) return false;
    auto const scheme = origin->find("://");
    return scheme == std::string_view::npos ||
           origin->substr(scheme + 3) != request.headers.find("Host").value_or("");
}

Admission Gate::identify(http::Request const& request, Access access, Timestamp now) const {
    constexpr std::string_view scheme = "Bearer ";
    if (auto const given = request.headers.find("Authorization")) {
        if (!given->starts_with(scheme))
            return log_in("send a token: Authorization: Bearer, or log in at /api/v1/session");
        auto caller = accounts_.find_by_token(given->substr(scheme.size()), now);
        if (!caller) return log_in("this token is unknown or no longer valid");
        return *std::move(caller);
    }
    auto const cookie = find_cookie(request);
    if (auto caller = accounts_.find_by_cookie(cookie, now)) {
        if (only_reads(request.verb)) return *std::move(caller);
        if (is_from_elsewhere(request)) return forbidden("this comes from a page of another site");
        if (!same_secret(request.headers.find("X-CSRF-Token").value_or(""), csrf_token_of(cookie)))
            return forbidden("the header X-CSRF-Token is not that of this session");
        return *std::move(caller);
    }
    if (open_.reading && (access == Access::viewer || access == Access::scraper)) return Caller{};
    if (open_.metrics && access == Access::scraper) return Caller{};
    return log_in(cookie.empty() ? "send a token, or log in at /api/v1/session"
                                 : "the session is over, log in again");
}

Admission Gate::admit(http::Request const& request, Access access, Timestamp now) const {
    auto caller = identify(request, access, now);
    if (!caller) return caller;
    caller->address = request.peer;
    auto const role = needed(access);
    if (caller->role < role)
        return forbidden("this needs the role " + std::string(to_text(role)) + ", yours is " +
                         std::string(to_text(caller->role)));
    return caller;
}

}  // namespace dtrace::master
