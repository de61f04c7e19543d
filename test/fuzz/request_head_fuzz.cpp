#include "api/catalog_page.hpp"
#include "api/entity_tag.hpp"
#include "api/measurement_query.hpp"
#include "api/query_parameters.hpp"
#include "records/row_key.hpp"
#include "require.hpp"

#include <dtrace/http/gzip.hpp>
#include <dtrace/http/message.hpp>
#include <dtrace/http/target.hpp>
#include <dtrace/http/url.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

using namespace dtrace;
using namespace dtrace::master;
using fuzz::require;

namespace {

bool has_control_character(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

/// Everything that a handler asks of a query: within its limits, or refused with its name.
void check_query(std::map<std::string, std::string> const& query) {
    QueryParameters parameters(query, {"tag", "q", "origin", "limit", "cursor", "from", "to",
                                       "online", "probe", "measurement", "wait"});
    CatalogQuery const wanted(parameters);
    require(wanted.limit >= 1 && wanted.limit <= 1000);
    require(parameters.number("wait", 0, 60).value_or(0) <= 60);
    (void)parameters.boolean("online");
    auto const range = read_time_range(parameters);
    AssignmentBoard const nothing;
    (void)read_measurement(parameters, nothing);
    if (range.from && range.to && *range.to <= *range.from) require(parameters.fault().has_value());
    if (parameters.fault()) require(parameters.fault()->status == 400);
    if (auto const cursor = store::read_cursor(wanted.cursor)) {
        auto const again = store::read_cursor(store::write_cursor(*cursor));
        require(again && *again == *cursor);
    }
}

void check_target(std::string_view text) {
    auto const target = http::parse_target(text);
    if (!target) return;
    require(target->path.starts_with('/') && !has_control_character(target->path));
    std::string again = http::percent_encode(target->path);
    // What is still encoded in a path is so for good, and its slashes divide.
    for (auto const& [code, plain] : {std::pair{"%2F", "/"}, {"%25", "%"}})
        for (std::size_t at = 0; (at = again.find(code, at)) != std::string::npos; ++at)
            again.replace(at, 3, plain);
    again += '?';
    for (auto const& [name, value] : target->query) {
        require(!has_control_character(name) && !has_control_character(value));
        again += http::percent_encode(name) + '=' + http::percent_encode(value) + '&';
    }
    auto const same = http::parse_target(again);
    require(same && same->path == target->path && same->query == target->query);
    check_query(target->query);
}

void check_fields(std::string const& text) {
    http::Request request;
    request.headers.set("Authorization", text);
    request.headers.set("If-Match", text);
    if (auto const given = http::basic_credentials(request)) {
        request.headers.set("Authorization", http::basic_authorization(*given));
        auto const again = http::basic_credentials(request);
        require(again && again->name == given->name && again->secret == given->secret);
    }
    auto const stale = refuse_stale(request, "definition");
    require(!stale || stale->status == 412);
    request.headers.set("If-None-Match", text);
    http::Response answer{.status = 200, .headers = {}, .body = "shown"};
    answer.headers.set("ETag", entity_tag("definition", answer.body));
    auto const known = unless_known(request, std::move(answer));
    require(known.status == 200 || (known.status == 304 && known.body.empty()));
    if (auto const url = http::parse_url(text)) {
        auto const again = http::parse_url(url->with_target(url->target).origin() + url->target);
        require(again && again->host == url->host && again->port == url->port);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    check_target(text);
    check_fields(std::string(text));
    constexpr std::size_t most = 10'000;
    if (auto const inflated = http::gunzip(text, most)) require(inflated->size() <= most);
    return 0;
}
