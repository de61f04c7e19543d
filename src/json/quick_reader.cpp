#include <dtrace/json/quick_reader.hpp>

#include <array>

namespace dtrace::json {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// By the byte: what may stand in a string as it is.
constexpr auto is_plain_ascii = [] {
    std::array<bool, 256> plain{};
    for (std::size_t c = ' '; c <= '~'; ++c)
        plain[c] = c != '"' && c != '\\';
    return plain;
}();

}  // namespace

bool QuickReader::read_bool(bool& out) {
    skip_space();
    std::string_view const rest(next_, static_cast<std::size_t>(end_ - next_));
    out = rest.starts_with("true");
    if (!out && !rest.starts_with("false")) return false;
    next_ += out ? 4 : 5;
    return true;
}

std::optional<std::string_view> QuickReader::take_string() {
    if (!take('"')) return std::nullopt;
    auto const* stop = next_;
    while (stop != end_ && is_plain_ascii[static_cast<unsigned char>(*stop)])
        ++stop;
    if (stop == end_ || *stop != '"') return std::nullopt;
    std::string_view const text(next_, static_cast<std::size_t>(stop - next_));
    next_ = stop + 1;
    return text;
}

std::optional<std::int64_t> QuickReader::take_number() {
    constexpr std::ptrdiff_t most_digits = 18;
    bool const negative = take('-');
    if (!negative) skip_space();
    auto const* const begin = next_;
    std::int64_t number = 0;
    for (; next_ != end_ && is_digit(*next_) && next_ - begin < most_digits; ++next_)
        number = number * 10 + (*next_ - '0');
    bool const leading_zero = next_ - begin > 1 && *begin == '0';
    bool const goes_on =
        next_ != end_ && (is_digit(*next_) || *next_ == '.' || *next_ == 'e' || *next_ == 'E');
    if (next_ == begin || leading_zero || goes_on || (negative && number == 0)) return std::nullopt;
    return negative ? -number : number;
}

}  // namespace dtrace::json
