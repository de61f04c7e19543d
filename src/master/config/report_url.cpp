#include "config/report_url.hpp"

#include <dtrace/http/url.hpp>

namespace dtrace::master {

namespace {

bool is_dist_traceroute_path(std::string_view path) {
    return path == "/results" || path.starts_with("/results/") || path == "/slave/results" ||
           path == "/slave/results/";
}

}  // namespace

Result<std::optional<std::string>> find_report_url(std::string_view text) {
    if (text.empty()) return std::optional<std::string>();
    auto const url = http::parse_url(text);
    if (!url) return url.error();
    std::string_view const target = url->target;
    if (is_dist_traceroute_path(target.substr(0, target.find('?'))))
        return std::optional<std::string>();
    return std::optional<std::string>(text);
}

}  // namespace dtrace::master
