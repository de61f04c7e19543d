#include "retry.hpp"

#include <dtrace/http/date.hpp>
#include <dtrace/json/read.hpp>

#include <boost/describe/class.hpp>
#include <fmt/format.h>

#include <charconv>
#include <string_view>

namespace dtrace::probe {

namespace {

/// The members of problem+json (RFC 9457) that say something to a person; `path` is our own.
struct Problem {
    std::optional<std::string> title;
    std::optional<std::string> detail;
    std::optional<std::string> path;
};
BOOST_DESCRIBE_STRUCT(Problem, (), (title, detail, path))

/// Seconds, or a date (RFC 9110 § 10.2.3). A date is read by the clock of who wrote it, which the
/// answer tells (Date), so that ours may be wrong; without that the back-off decides alone.
Duration retry_after(http::Headers const& headers, Duration longest) {
    auto const value = headers.find("Retry-After");
    if (!value) return {};
    std::uint32_t count = 0;
    auto const* const value_end = value->data() + value->size();
    auto const [end, failed] = std::from_chars(value->data(), value_end, count);
    if (failed == std::errc::result_out_of_range) return longest;
    if (failed == std::errc{} && end == value_end)
        return std::min<Duration>(seconds(count), longest);
    auto const until = http::parse_date(*value);
    auto const now = http::parse_date(headers.find("Date").value_or(""));
    if (!until || !now || *until <= *now) return {};
    // Compared in seconds: in nanoseconds the year 9999 would not fit.
    auto const left = *until - *now;
    return left < std::chrono::floor<seconds>(longest) ? Duration(left) : longest;
}

std::string explanation(std::string const& body) {
    constexpr std::size_t longest_problem = 64 << 10;
    if (body.size() > longest_problem) return {};
    auto const problem = json::read<Problem>(body, json::UnknownKeys::ignore);
    if (!problem) return {};
    std::string text;
    for (auto const& part : {problem->title, problem->path, problem->detail})
        if (part && !part->empty()) text += ": " + *part;
    return one_line(std::move(text));
}

}  // namespace

std::string one_line(std::string text) {
    constexpr std::size_t longest = 300;
    if (text.size() > longest) text = text.substr(0, longest) + "...";
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
    return text;
}

Failure failure_of(http::ClientResponse const& answer, RetryLimits const& limits) {
    auto const patience = retry_after(answer.headers, limits.longest_retry_after);
    auto const said = explanation(answer.body);
    switch (answer.status) {
        case 401:
        case 403:
            return {
                fmt::format("HTTP {}, name or password refused; check --name and the password{}",
                            answer.status, said),
                std::max(patience, limits.unauthorized)};
        case 404:
        case 405:
            return {fmt::format("HTTP {}, there is no dtrace-node master at this URL{}",
                                answer.status, said),
                    patience};
        case 429:
            return {"HTTP 429, asked to send less" + said, patience};
        default:
            return {fmt::format("HTTP {}{}", answer.status, said), patience};
    }
}

Failure failure_of(Error const& error) {
    return {one_line(error.message), {}};
}

}  // namespace dtrace::probe
