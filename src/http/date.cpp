#include <dtrace/http/date.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace dtrace::http {

namespace {

using std::chrono::sys_seconds;

/// Takes a text apart from its front; after the first thing that is not there it has failed.
class DateReader {
  public:
    explicit DateReader(std::string_view text) : rest_(text) {}

    void skip(std::string_view expected) {
        failed_ = failed_ || !rest_.starts_with(expected);
        if (!failed_) rest_.remove_prefix(expected.size());
    }
    /// Letters up to something else.
    void skip_word() {
        auto const end = std::ranges::find_if_not(
            rest_, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
        failed_ = failed_ || end == rest_.begin();
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.begin()));
    }
    [[nodiscard]] unsigned number(std::size_t digits) {
        auto const text = take(digits);
        unsigned value = 0;
        auto const* const end = text.data() + text.size();
        auto const [stopped, error] = std::from_chars(text.data(), end, value);
        failed_ = failed_ || error != std::errc{} || stopped != end;
        return value;
    }
    [[nodiscard]] unsigned month() {
        auto const found = std::ranges::find(month_names, take(3));
        failed_ = failed_ || found == month_names.end();
        return static_cast<unsigned>(found - month_names.begin()) + 1;
    }
    [[nodiscard]] seconds time() {
        auto const hours = number(2);
        skip(":");
        auto const minutes = number(2);
        skip(":");
        auto const count = number(2);
        failed_ = failed_ || hours > 23 || minutes > 59 || count > 60;  // 60: a leap second
        return std::chrono::hours(hours) + std::chrono::minutes(minutes) + seconds(count);
    }
    [[nodiscard]] bool next_is(char c) const { return rest_.starts_with(c); }
    [[nodiscard]] bool done() const { return !failed_ && rest_.empty(); }

  private:
    std::string_view take(std::size_t count) {
        failed_ = failed_ || rest_.size() < count;
        if (failed_) return {};
        auto const taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }

    std::string_view rest_;
    bool failed_ = false;
};

std::optional<sys_seconds> made_of(DateReader const& reader, unsigned year, unsigned month,
                                   unsigned day, seconds time) {
    std::chrono::year_month_day const date{std::chrono::year(static_cast<int>(year)),
                                           std::chrono::month(month), std::chrono::day(day)};
    if (!reader.done() || !date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + time;
}

/// "Sun Nov  6 08:49:37 1994"
std::optional<sys_seconds> read_asctime(DateReader reader) {
    reader.skip(" ");
    auto const month = reader.month();
    reader.skip(" ");
    bool const one_digit = reader.next_is(' ');
    if (one_digit) reader.skip(" ");
    auto const day = reader.number(one_digit ? 1 : 2);
    reader.skip(" ");
    auto const time = reader.time();
    reader.skip(" ");
    auto const year = reader.number(4);
    return made_of(reader, year, month, day, time);
}

}  // namespace

std::optional<sys_seconds> parse_date(std::string_view text) {
    DateReader reader(text);
    reader.skip_word();
    if (!reader.next_is(',')) return read_asctime(reader);
    reader.skip(", ");
    auto const day = reader.number(2);
    bool const two_digits = reader.next_is('-');  // "Sunday, 06-Nov-94 08:49:37 GMT"
    std::string_view const between = two_digits ? "-" : " ";
    reader.skip(between);
    auto const month = reader.month();
    reader.skip(between);
    auto year = reader.number(two_digits ? 2 : 4);
    if (two_digits) year += year < 70 ? 2000 : 1900;
    reader.skip(" ");
    auto const time = reader.time();
    reader.skip(" GMT");
    return made_of(reader, year, month, day, time);
}

}  // namespace dtrace::http
