#include <dtrace/http/compress.hpp>
#include <dtrace/http/field_list.hpp>
#include <dtrace/http/gzip.hpp>

namespace dtrace::http {

namespace {

bool is_text(std::string_view content_type) {
    auto const kind = content_type.substr(0, content_type.find(';'));
    return kind.starts_with("text/") || kind.ends_with("json") ||
           kind == "application/openmetrics-text";
}

}  // namespace

bool negotiate_gzip(Request const& request, Response& response) {
    auto const& headers = response.headers;
    if (response.more || response.body.size() < worth_compressing) return false;
    if (headers.find("Content-Encoding") || headers.find("ETag")) return false;
    if (!is_text(headers.find("Content-Type").value_or(""))) return false;
    auto const others = headers.find("Vary");
    response.headers.set("Vary", (others ? std::string(*others) + ", " : "") + "Accept-Encoding");
    auto const encodings = request.headers.find("Accept-Encoding");
    return encodings && lists(*encodings, "gzip");
}

void compress(Response& response) {
    response.body = gzip(response.body, Effort::least);
    response.headers.set("Content-Encoding", "gzip");
}

}  // namespace dtrace::http
