#include "api/body_rules.hpp"

#include "api/route.hpp"

#include <algorithm>
#include <string>

namespace dtrace::master {

std::optional<http::Response> refuse_body(http::Request const& request) {
    auto type = std::string(request.headers.find("Content-Type").value_or(""));
    type.resize(std::min(type.find(';'), type.size()));
    while (type.ends_with(' '))
        type.pop_back();
    if (type != "application/json" && type != "application/merge-patch+json")
        return http::problem(415, "Unsupported media type",
                             "send JSON, with Content-Type: application/json");
    // The route let no more in, but what has been inflated may be larger.
    if (request.body.size() > usual_body_bytes)
        return http::problem(413, "Body too large", "at most 1 MiB");
    return std::nullopt;
}

http::Response wrong_body(json::Fault const& fault) {
    return http::problem(400, "Wrong body", fault.reason, fault.path);
}

}  // namespace dtrace::master
