#include "resources/handlers_dashboard.hpp"

#include "api/dashboard_assets.hpp"

#include <dtrace/core/version.hpp>
#include <dtrace/http/field_list.hpp>

#include <algorithm>

namespace dtrace::master {

namespace {

/// Nothing from elsewhere, no script or style that is not a file of ours, no frame around us.
constexpr auto content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

http::Asset const* find_asset(std::string_view name) {
    auto const assets = dashboard_assets();
    auto const found = std::ranges::find(assets, name, &http::Asset::name);
    return found == assets.end() ? nullptr : &*found;
}

bool wants_page(http::Request const& request) {
    auto const accept = request.headers.find("Accept");
    return accept && http::lists(*accept, "text/html");
}

http::Response overview(bool has_dashboard) {
    http::Response response{.status = 200, .headers = {}, .body = {}};
    response.headers.set("Content-Type", "text/plain; charset=utf-8");
    response.body = "dtrace-node " + std::string(version) +
                    ", master\n\n"
                    "/                     the dashboard, in a browser\n"
                    "/api/v1/status        how it is doing\n"
                    "/api/v1/probes        who measures\n"
                    "/api/v1/measurements  what is measured\n"
                    "/api/v1/traces        what came of it\n";
    if (!has_dashboard)
        response.body +=
            "\nThis program was built without the dashboard: build it with npm installed and\n"
            "-DDTRACE_DASHBOARD=ON to get it here.\n";
    return response;
}

}  // namespace

boost::asio::awaitable<http::Response> get_root(Api&, http::Request const& request) {
    auto const* page = find_asset("");
    auto response = page && wants_page(request)
                        ? http::asset_response(*page, http::Caching::ask, request)
                        : overview(page != nullptr);
    response.headers.set("Vary", "Accept, Accept-Encoding");
    response.headers.set("Content-Security-Policy", content_security_policy);
    response.headers.set("X-Frame-Options", "DENY");
    response.headers.set("Referrer-Policy", "same-origin");
    co_return response;
}

boost::asio::awaitable<http::Response> get_asset(Api&, http::Request const& request) {
    auto const& name = request.path_parameters.at("name");
    auto const* asset = name.empty() ? nullptr : find_asset(name);
    if (!asset) co_return http::problem(404, "Not found", "there is no such file");
    // The icon is the one file that keeps its name.
    auto const caching = name == "icon.svg" ? http::Caching::ask : http::Caching::immutable;
    co_return http::asset_response(*asset, caching, request);
}

}  // namespace dtrace::master
