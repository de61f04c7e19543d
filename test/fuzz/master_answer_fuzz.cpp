// What a master, or whoever answers in its place, says to a probe; and what a disk makes of the
// outbox.

#include "require.hpp"

#include <dtrace/http/date.hpp>
#include <dtrace/json/write.hpp>

#include <assignment/assignment_answer.hpp>
#include <outbox/outbox_record.hpp>
#include <reporting/report_answer.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

using namespace dtrace;
using namespace dtrace::probe;
using fuzz::require;

namespace {

constexpr std::size_t traces = 3;

bool is_one_line(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c < 0 || (c >= ' ' && c != 0x7F); });
}

void check(Failure const& failure, RetryLimits const& limits) {
    require(!failure.reason.empty());
    require(failure.at_least >= Duration::zero());
    require(failure.at_least <= std::max(limits.longest_retry_after, limits.unauthorized));
}

void check_assignment(http::ClientResponse const& answer, RetryLimits const& limits) {
    auto const read = read_assignment_answer(answer, 7, limits);
    if (auto const* const failure = std::get_if<Failure>(&read)) check(*failure, limits);
    auto const* const assignment = std::get_if<Assignment>(&read);
    if (!assignment) return;
    require(!find_fault(*assignment));
    auto again = answer;
    again.body = json::write(*assignment);
    auto const same = read_assignment_answer(again, 7, limits);
    require(std::holds_alternative<Assignment>(same) &&
            json::write(std::get<Assignment>(same)) == again.body);
}

/// Only a receipt for each of the traces lets them go.
void check_receipt(http::ClientResponse const& answer, RetryLimits const& limits) {
    auto const read = read_report_answer(answer, traces, limits);
    if (auto const* const failure = std::get_if<Failure>(&read)) check(*failure, limits);
    auto const* const receipt = std::get_if<ReportReceipt>(&read);
    if (!receipt) return;
    require(answer.status / 100 == 2);
    require(receipt->accepted + receipt->known + receipt->refused.size() == traces);
}

/// However a segment arrives, the same records are found, and each is one.
void check_segment(std::string_view text, std::size_t step) {
    RecordScanner whole(256);
    whole.feed(text);
    auto const findings = std::move(whole).finish();
    for (auto const& place : findings.records) {
        require(place.offset + place.size <= text.size());
        auto const line = text.substr(place.offset, place.size);
        require(line.ends_with('\n'));
        auto const payload = decode_record(line.substr(0, line.size() - 1));
        require(payload && decode_record(encode_record(*payload).substr(0, line.size() - 1)));
    }
    RecordScanner pieces(256);
    for (std::size_t at = 0; at < text.size(); at += step)
        pieces.feed(text.substr(at, step));
    auto const same = std::move(pieces).finish();
    require(same.damaged == findings.damaged && same.records.size() == findings.records.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 2) return 0;
    constexpr unsigned statuses[] = {200, 201, 202, 204, 304, 400, 401, 404, 413, 429, 500, 503};
    std::string_view const text(reinterpret_cast<char const*>(data + 2), size - 2);
    RetryLimits const limits;
    http::ClientResponse answer;
    answer.status = statuses[data[0] % std::size(statuses)];
    // The first line is a header, the rest the body.
    auto const line_end = std::min(text.find('\n'), text.size());
    answer.headers.set("Retry-After", std::string(text.substr(0, line_end)));
    answer.headers.set("Date", "Sun, 22 Nov 2026 14:00:00 GMT");
    answer.body = text.substr(std::min(line_end + 1, text.size()));
    (void)http::parse_date(text.substr(0, line_end));
    check_assignment(answer, limits);
    check_receipt(answer, limits);
    require(is_one_line(one_line(answer.body)));
    check_segment(text, 1 + data[1] % 16);
    if (text.find('\n') == text.npos)
        check_segment(encode_record(text.substr(0, 200)), 1 + data[1] % 16);
    return 0;
}
