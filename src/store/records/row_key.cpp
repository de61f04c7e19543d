#include "records/row_key.hpp"

#include <charconv>

namespace dtrace::store {

namespace {

constexpr std::size_t told_bytes = 6;
constexpr std::size_t all_bytes = 16;
constexpr char digits[] = "0123456789abcdef";

std::int64_t milliseconds_of(Timestamp time) {
    return std::chrono::floor<milliseconds>(time).time_since_epoch().count();
}

std::int64_t first_48_bits(Uuid const& id) {
    std::int64_t value = 0;
    for (std::size_t i = 0; i < told_bytes; ++i)
        value = value << 8 | id.bytes[i];
    return value;
}

/// One of the cursor's two numbers, up to its dot.
std::optional<std::int64_t> take_number(std::string_view& text) {
    std::int64_t value = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end == text.data() + text.size() || *end != '.')
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
    return value;
}

}  // namespace

bool tells_its_start(Uuid const& id, Timestamp started) {
    return first_48_bits(id) == milliseconds_of(started);
}

std::string pack_id(Uuid const& id, Timestamp started) {
    std::size_t const from = tells_its_start(id, started) ? told_bytes : 0;
    return {id.bytes.begin() + static_cast<std::ptrdiff_t>(from), id.bytes.end()};
}

std::optional<Uuid> unpack_id(std::string_view packed, Timestamp started) {
    if (packed.size() != all_bytes && packed.size() != all_bytes - told_bytes) return std::nullopt;
    Uuid id;
    auto const ms = static_cast<std::uint64_t>(milliseconds_of(started));
    for (std::size_t i = 0; i < told_bytes; ++i)
        id.bytes[i] = static_cast<std::uint8_t>(ms >> (8 * (told_bytes - 1 - i)));
    std::size_t const from = all_bytes - packed.size();
    for (std::size_t i = 0; i < packed.size(); ++i)
        id.bytes[from + i] = static_cast<std::uint8_t>(packed[i]);
    return id;
}

Timestamp start_told_by(Uuid const& id) {
    return Timestamp(milliseconds(first_48_bits(id)));
}

std::string write_cursor(RowKey const& last) {
    std::string text = std::to_string(last.started) + '.' + std::to_string(last.series) + '.';
    for (char const c : last.id) {
        text += digits[static_cast<unsigned char>(c) >> 4];
        text += digits[static_cast<unsigned char>(c) & 0x0F];
    }
    return text;
}

std::optional<RowKey> read_cursor(std::string_view cursor) {
    RowKey key;
    auto const started = take_number(cursor);
    auto const series = started ? take_number(cursor) : std::nullopt;
    if (!series || *series < 0) return std::nullopt;
    if (cursor.size() % 2 != 0 || cursor.size() > 2 * all_bytes) return std::nullopt;
    for (std::size_t i = 0; i < cursor.size(); i += 2) {
        unsigned byte = 0;
        auto const* const end = cursor.data() + i + 2;
        auto const [stop, failed] = std::from_chars(cursor.data() + i, end, byte, 16);
        if (failed != std::errc{} || stop != end) return std::nullopt;
        key.id += static_cast<char>(byte);
    }
    key.started = *started;
    key.series = *series;
    return key;
}

}  // namespace dtrace::store
