#include <dtrace/core/time.hpp>

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace dtrace {

using namespace std::chrono;

namespace {

/// Reads exactly `digits` decimal digits at the front of `text` and removes them.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int value = 0;
    for (char c : text.substr(0, digits)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take_char(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

/// The fraction of a second after its point: up to nine digits, kept to microseconds.
std::optional<microseconds> take_fraction(std::string_view& text) {
    int value = 0;
    std::size_t digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        if (digits < 6) value = value * 10 + (text.front() - '0');
        ++digits;
        text.remove_prefix(1);
    }
    if (digits == 0 || digits > 9) return std::nullopt;
    for (std::size_t i = digits; i < 6; ++i)
        value *= 10;
    return microseconds(value);
}

std::optional<minutes> take_offset(std::string_view& text) {
    if (take_char(text, "Zz")) return minutes(0);
    if (text.empty()) return std::nullopt;
    int const sign = text.front() == '-' ? -1 : 1;
    if (!take_char(text, "+-")) return std::nullopt;
    auto const hour = take_number(text, 2);
    if (!hour || *hour > 23 || !take_char(text, ":")) return std::nullopt;
    auto const minute = take_number(text, 2);
    if (!minute || *minute > 59) return std::nullopt;
    return minutes(sign * (*hour * 60 + *minute));
}

std::optional<Timestamp> read_timestamp(std::string_view text) {
    auto const y = take_number(text, 4);
    if (!y || !take_char(text, "-")) return std::nullopt;
    auto const mo = take_number(text, 2);
    if (!mo || !take_char(text, "-")) return std::nullopt;
    auto const d = take_number(text, 2);
    if (!d || !take_char(text, "Tt ")) return std::nullopt;
    auto const h = take_number(text, 2);
    if (!h || *h > 23 || !take_char(text, ":")) return std::nullopt;
    auto const mi = take_number(text, 2);
    if (!mi || *mi > 59 || !take_char(text, ":")) return std::nullopt;
    auto const s = take_number(text, 2);
    if (!s || *s > 60) return std::nullopt;
    microseconds fraction{0};
    if (take_char(text, ".")) {
        auto const f = take_fraction(text);
        if (!f) return std::nullopt;
        fraction = *f;
    }
    auto const offset = take_offset(text);
    year_month_day const date{year(*y), month(static_cast<unsigned>(*mo)),
                              day(static_cast<unsigned>(*d))};
    if (!offset || !text.empty() || !date.ok()) return std::nullopt;
    return sys_days(date) + hours(*h) + minutes(*mi) + seconds(*s) + fraction - *offset;
}

struct DurationUnit {
    std::string_view name;
    std::int64_t in_microseconds;
};
constexpr std::array<DurationUnit, 6> duration_units{{
    {"us", 1},
    {"ms", 1'000},
    {"s", 1'000'000},
    {"m", 60'000'000},
    {"h", 3'600'000'000},
    {"d", 86'400'000'000},
}};

}  // namespace

Timestamp wall_clock_now() {
    return floor<microseconds>(system_clock::now());
}

std::string TextForm<Timestamp>::write(Timestamp time) {
    auto const day = floor<days>(time);
    year_month_day const date(day);
    hh_mm_ss const clock(time - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

Result<Timestamp> TextForm<Timestamp>::read(std::string_view text) {
    if (auto const time = read_timestamp(text)) return *time;
    return make_error(boost::system::errc::invalid_argument,
                      "must be a time as in RFC 3339, like 2026-11-22T14:00:00Z");
}

Result<microseconds> TextForm<microseconds>::read(std::string_view text) {
    auto const refuse = make_error(boost::system::errc::invalid_argument,
                                   "must be a duration like 500ms, 2s, 5m or 1h");
    double number = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{} || !std::isfinite(number) || number < 0) return refuse;
    std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (unit.empty()) unit = "s";
    for (auto const& known : duration_units) {
        if (unit != known.name) continue;
        double const total = number * static_cast<double>(known.in_microseconds);
        if (total > 1e15) return refuse;
        return microseconds(std::llround(total));
    }
    return refuse;
}

std::string TextForm<microseconds>::write(microseconds duration) {
    auto const count = duration.count();
    for (auto unit = duration_units.rbegin(); unit != duration_units.rend(); ++unit)
        if (count != 0 && count % unit->in_microseconds == 0)
            return fmt::format("{}{}", count / unit->in_microseconds, unit->name);
    return "0s";
}

}  // namespace dtrace
