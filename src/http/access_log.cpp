#include "json_text.hpp"

#include <dtrace/http/access_log.hpp>

#include <fmt/format.h>

namespace dtrace::http {

std::string access_line(AccessEntry const& entry) {
    return fmt::format(
        "time={} peer={} verb={} path={} status={} request_bytes={} response_bytes={} took_us={} "
        "user_agent={}",
        to_text(entry.time), to_text(entry.peer), entry.verb, json_string(entry.path), entry.status,
        entry.request_bytes, entry.response_bytes, entry.took.count(),
        json_string(entry.user_agent));
}

}  // namespace dtrace::http
