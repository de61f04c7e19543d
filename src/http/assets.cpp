#include <dtrace/http/assets.hpp>
#include <dtrace/http/field_list.hpp>
#include <dtrace/http/gzip.hpp>

namespace dtrace::http {

namespace {

/// More than any file of ours.
constexpr std::size_t max_asset_bytes = 64 << 20;

}  // namespace

Response asset_response(Asset const& asset, Caching caching, Request const& request) {
    Response response{.status = 200, .headers = {}, .body = {}};
    response.headers.set("ETag", std::string(asset.etag));
    response.headers.set("Vary", "Accept-Encoding");
    response.headers.set("Cache-Control", caching == Caching::immutable
                                              ? "public, max-age=31536000, immutable"
                                              : "no-cache");
    auto const known = request.headers.find("If-None-Match");
    if (known && names_tag(*known, asset.etag)) {
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
