#include <dtrace/http/assets.hpp>
#include <dtrace/http/gzip.hpp>

#include <algorithm>

namespace dtrace::http {

namespace {

/// More than any file of ours.
constexpr std::size_t max_asset_bytes = 64 << 20;

std::string_view trim(std::string_view text) {
    auto const first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// In thousandths: "0.25" is 250. What is no number is 1, as if it were not there.
unsigned weight_in(std::string_view parameters) {
    while (!parameters.empty()) {
        parameters.remove_prefix(1);  // the semicolon
        auto const end = parameters.find(';');
        auto const parameter = trim(parameters.substr(0, end));
        parameters.remove_prefix(std::min(end, parameters.size()));
        if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) continue;
        auto const digits = parameter.substr(2);
        if (digits.empty() || digits.find_first_not_of("0123456789.") != digits.npos) return 1000;
        if (digits.front() != '0') return 1000;
        int weight = 0;
        for (std::size_t i = 2; i < 5; ++i)
            weight = weight * 10 + (i < digits.size() && digits[i] != '.' ? digits[i] - '0' : 0);
        return static_cast<unsigned>(weight);
    }
    return 1000;
}

}  // namespace

unsigned weight_of(std::string_view element, std::string_view list) {
    unsigned weight = 0;
    while (!list.empty()) {
        auto const comma = list.find(',');
        auto const entry = list.substr(0, comma);
        auto const kind = entry.substr(0, entry.find(';'));
        if (trim(kind) == element) weight = std::max(weight, weight_in(entry.substr(kind.size())));
        if (comma == list.npos) break;
        list.remove_prefix(comma + 1);
    }
    return weight;
}

bool lists(std::string_view list, std::string_view element) {
    return weight_of(element, list) > 0;
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
