#include <dtrace/http/assets.hpp>
#include <dtrace/http/gzip.hpp>

namespace dtrace::http {

namespace {

/// More than any file of ours.
constexpr std::size_t max_asset_bytes = 64 << 20;

std::string_view trim(std::string_view text) {
    auto const first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// "0", "0.0", "0.00", …
bool is_refusal(std::string_view parameters) {
    auto const q = parameters.find("q=");
    return q != parameters.npos &&
           trim(parameters.substr(q + 2)).find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

bool lists(std::string_view list, std::string_view element) {
    while (!list.empty()) {
        auto const comma = list.find(',');
        auto const entry = list.substr(0, comma);
        auto const semicolon = entry.find(';');
        if (trim(entry.substr(0, semicolon)) == element)
            return semicolon == entry.npos || !is_refusal(entry.substr(semicolon));
        if (comma == list.npos) break;
        list.remove_prefix(comma + 1);
    }
    return false;
}

Response asset_response(Asset const& asset, Caching caching, Request const& request) {
    Response response{.status = 200, .headers = {}, .body = {}};
    response.headers.set("ETag", std::string(asset.etag));
    response.headers.set("Vary", "Accept-Encoding");
    response.headers.set("Cache-Control", caching == Caching::immutable
                                              ? "public, max-age=31536000, immutable"
                                              : "no-cache");
    auto const known = request.headers.find("If-None-Match");
    if (known && lists(*known, asset.etag)) {
        response.status = 304;
        return response;
    }
    response.headers.set("Content-Type", std::string(asset.content_type));
    auto const encodings = request.headers.find("Accept-Encoding");
    if (encodings && lists(*encodings, "gzip")) {
        response.headers.set("Content-Encoding", "gzip");
        response.body = asset.gzipped;
    } else {
        response.body = gunzip(asset.gzipped, max_asset_bytes).value();
    }
    return response;
}

}  // namespace dtrace::http
