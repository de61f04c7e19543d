#include "alerts/retry_rule.hpp"

#include <algorithm>
#include <charconv>

namespace dtrace::master {

namespace {

constexpr seconds first_wait{1};
constexpr seconds longest_retry = std::chrono::minutes(5);
constexpr seconds longest_wish = std::chrono::hours(1);

}  // namespace

Reception reception_of(unsigned status) {
    if (status >= 200 && status < 300) return Reception::taken;
    bool const dislikes = status == 400 || status == 413 || status == 415 || status == 422;
    return dislikes ? Reception::refused : Reception::later;
}

Duration wait_before_retry(std::uint32_t failures, double chance,
                           std::optional<seconds> retry_after) {
    auto const doublings = std::clamp<std::uint32_t>(failures, 1, 10) - 1;
    seconds const wait = std::min<seconds>(first_wait * (1U << doublings), longest_retry);
    auto const jittered =
        std::chrono::duration_cast<Duration>(wait * (1 - std::clamp(chance, 0.0, 1.0) / 2));
    if (!retry_after) return jittered;
    return std::max<Duration>(jittered, std::min(*retry_after, longest_wish));
}

std::optional<seconds> read_retry_after(std::string_view value) {
    std::uint32_t count = 0;
    auto const [stop, failed] = std::from_chars(value.data(), value.data() + value.size(), count);
    if (failed != std::errc{} || stop != value.data() + value.size()) return std::nullopt;
    return seconds(count);
}

}  // namespace dtrace::master
