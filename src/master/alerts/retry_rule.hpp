#pragma once

#include <dtrace/core/time.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace dtrace::master {

// When what a receiver did not take is sent again. Pure.

/// What an answer means.
enum class Reception : std::uint8_t {
    taken,    ///< 2xx
    later,    ///< the receiver is not up to it, or not yet configured right: again, until too old
    refused,  ///< it does not like this very message: again, a few times
};

[[nodiscard]] Reception reception_of(unsigned status);

/// A message that was refused so many times is left out, or it would hold up all behind it.
inline constexpr std::uint32_t most_refusals = 5;

/// Doubles from 1 s to 5 min with each failure in a row, the first being 1; `chance`, from 0 to 1,
/// takes off up to a half, so that masters that failed together do not come back together. Longer
/// if the receiver said so, up to an hour.
[[nodiscard]] Duration wait_before_retry(std::uint32_t failures, double chance,
                                         std::optional<seconds> retry_after);

/// The seconds of a Retry-After; none: it is a date, or nonsense.
[[nodiscard]] std::optional<seconds> read_retry_after(std::string_view value);

}  // namespace dtrace::master
