#include "outbox/outbox_record.hpp"

#include <boost/crc.hpp>
#include <fmt/format.h>

#include <charconv>

namespace dtrace::probe {

namespace {

constexpr std::size_t checksum_digits = 8;

std::uint32_t checksum(std::string_view payload) {
    boost::crc_32_type crc;
    crc.process_bytes(payload.data(), payload.size());
    return crc.checksum();
}

}  // namespace

std::string encode_record(std::string_view payload) {
    return fmt::format("{:08x} {}\n", checksum(payload), payload);
}

std::optional<std::string_view> decode_record(std::string_view line) {
    if (line.size() < checksum_digits + 2 || line[checksum_digits] != ' ') return std::nullopt;
    std::uint32_t expected = 0;
    auto const* const digits_end = line.data() + checksum_digits;
    auto const [end, failed] = std::from_chars(line.data(), digits_end, expected, 16);
    if (failed != std::errc{} || end != digits_end) return std::nullopt;
    auto const payload = line.substr(checksum_digits + 1);
    if (checksum(payload) != expected) return std::nullopt;
    return payload;
}

void RecordScanner::feed(std::string_view piece) {
    while (!piece.empty()) {
        auto const line_end = piece.find('\n');
        auto const part = piece.substr(0, line_end);
        if (too_long_ || line_.size() + part.size() >= longest_record_) {
            too_long_ = true;
            line_.clear();
        } else {
            line_ += part;
        }
        position_ += part.size();
        if (line_end == std::string_view::npos) return;
        ++position_;
        end_line();
        piece.remove_prefix(line_end + 1);
    }
}

void RecordScanner::end_line() {
    if (!too_long_ && decode_record(line_))
        findings_.records.push_back(
            {line_start_, static_cast<std::uint32_t>(position_ - line_start_)});
    else
        ++findings_.damaged;
    line_.clear();
    line_start_ = position_;
    too_long_ = false;
}

RecordScanner::Findings RecordScanner::finish() && {
    if (position_ != line_start_) ++findings_.damaged;
    return std::move(findings_);
}

}  // namespace dtrace::probe
