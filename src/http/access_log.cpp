#include <dtrace/http/access_log.hpp>
#include <dtrace/json/quote.hpp>

#include <fmt/format.h>

namespace dtrace::http {

namespace {

constexpr std::size_t max_text = 512;

std::string_view beginning_of(std::string_view text) {
    return text.substr(0, max_text);
}

}  // namespace

std::string access_line(AccessEntry const& entry) {
    return fmt::format(
        "time={} peer={} verb={} path={} status={} request_bytes={} response_bytes={} took_us={} "
        "user_agent={}",
        to_text(entry.time), to_text(entry.peer), beginning_of(entry.verb),
        json::quoted(beginning_of(entry.path)), entry.status, entry.request_bytes,
        entry.response_bytes, entry.took.count(), json::quoted(beginning_of(entry.user_agent)));
}

}  // namespace dtrace::http
