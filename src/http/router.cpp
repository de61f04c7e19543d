#include <dtrace/http/router.hpp>
#include <dtrace/http/target.hpp>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace dtrace::http {
namespace {

/// Of what is answered 404 or 405 anyway.
constexpr std::optional<std::size_t> stray_body_bytes = 16 * 1024;

/// Takes the first segment off a path that begins with a slash.
std::string_view take_segment(std::string_view& path) {
    path.remove_prefix(1);
    auto const segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    return segment;
}

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    while (path.starts_with('/'))
        segments.push_back(take_segment(path));
    return segments;
}

bool is_parameter(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

/// A parameter matches any segment but an empty one.
bool matches(std::string_view pattern, std::string_view path) {
    if (pattern.find('{') == std::string_view::npos) return pattern == path;
    while (pattern.starts_with('/') && path.starts_with('/')) {
        auto const want = take_segment(pattern);
        auto const have = take_segment(path);
        if (is_parameter(want) ? have.empty() : want != have) return false;
    }
    return pattern.empty() && path.empty();
}

/// Of two patterns that match the same path, the one with a literal where they first differ.
bool more_specific(std::string_view a, std::string_view b) {
    auto const left = segments_of(a);
    auto const right = segments_of(b);
    for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i)
        if (is_parameter(left[i]) != is_parameter(right[i])) return is_parameter(right[i]);
    return false;
}

/// Parameter names do not tell patterns apart.
std::string shape_of(std::string_view pattern) {
    std::string shape;
    for (auto const segment : segments_of(pattern)) {
        shape += '/';
        shape += is_parameter(segment) ? "{}" : segment;
    }
    return shape;
}

std::map<std::string, std::string> parameters(std::string_view pattern, std::string_view path) {
    std::map<std::string, std::string> values;
    while (pattern.starts_with('/') && path.starts_with('/')) {
        auto const want = take_segment(pattern);
        auto const have = take_segment(path);
        if (is_parameter(want))
            values.emplace(want.substr(1, want.size() - 2), decode_segment(have));
    }
    return values;
}

Response not_allowed(std::set<Verb> known) {
    if (known.contains(Verb::get)) known.insert(Verb::head);
    std::string allow;
    for (auto const verb : known) {
        if (!allow.empty()) allow += ", ";
        allow += verb_name(verb);
    }
    auto response = problem(405, "Method not allowed", "allowed here: " + allow);
    response.headers.set("Allow", allow);
    return response;
}

boost::asio::awaitable<Response> at_once(Response response) {
    co_return response;
}

}  // namespace

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
    std::set<std::pair<Verb, std::string>> known;
    for (auto const& route : routes_) {
        if (!route.pattern.starts_with('/') || !route.handler)
            throw std::invalid_argument("route " + route.pattern + " has no handler or no /");
        if (!known.emplace(route.verb, shape_of(route.pattern)).second)
            throw std::invalid_argument("route " + route.pattern + " is there twice");
    }
}

boost::asio::awaitable<Response> Router::handle(Request request) const {
    co_return co_await answer(request);
}

std::size_t Router::body_limit(Verb verb, std::string_view path, std::size_t most) const {
    auto const* const route = match(verb, path).best;
    auto const own = route ? route->max_body_bytes : stray_body_bytes;
    return std::min(own.value_or(most), most);
}

boost::asio::awaitable<Response> Router::answer(Request& request) const {
    auto [best, allowed] = match(request.verb, request.path);
    if (best) {
        request.path_parameters = parameters(best->pattern, request.path);
        request.route = best->pattern;
        return best->handler(request);
    }
    if (!allowed.empty()) return at_once(not_allowed(std::move(allowed)));
    return at_once(problem(404, "Not found", "there is nothing at " + request.path));
}

Router::Match Router::match(Verb verb, std::string_view path) const {
    Match found;
    auto& best = found.best;
    auto const rank = [&](Route const& route) {  // 2: the verb itself, 1: GET for HEAD
        if (route.verb == verb) return 2;
        return verb == Verb::head && route.verb == Verb::get ? 1 : 0;
    };
    for (auto const& route : routes_) {
        if (!matches(route.pattern, path)) continue;
        found.allowed.insert(route.verb);
        if (rank(route) == 0) continue;
        bool const better =
            !best || more_specific(route.pattern, best->pattern) ||
            (!more_specific(best->pattern, route.pattern) && rank(route) > rank(*best));
        if (better) best = &route;
    }
    return found;
}

}  // namespace dtrace::http
