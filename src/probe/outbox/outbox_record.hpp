#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::probe {

// A segment of the outbox is text, one record a line: the CRC-32 of the payload in eight
// hexadecimal digits, a space, the payload (JSON without line feeds), a line feed. A line that was
// cut short or damaged is found by its checksum, and the next line feed is where reading goes on.

[[nodiscard]] std::string encode_record(std::string_view payload);

/// The payload of one line without its line feed; none when it is not what was written.
[[nodiscard]] std::optional<std::string_view> decode_record(std::string_view line);

struct RecordPlace {
    std::uint64_t offset = 0;
    std::uint32_t size = 0;  ///< with its line feed
};

/// Finds the intact records of a segment that arrives in pieces of any size. Memory is bounded by
/// `longest_record`; longer lines are damage.
class RecordScanner {
  public:
    explicit RecordScanner(std::size_t longest_record) : longest_record_(longest_record) {}

    void feed(std::string_view piece);

    struct Findings {
        std::vector<RecordPlace> records;
        std::uint64_t damaged = 0;  ///< lines that are no records, a torn last line included
    };
    [[nodiscard]] Findings finish() &&;

  private:
    void end_line();

    std::size_t longest_record_;
    Findings findings_;
    std::string line_;
    std::uint64_t line_start_ = 0;
    std::uint64_t position_ = 0;
    bool too_long_ = false;
};

}  // namespace dtrace::probe
