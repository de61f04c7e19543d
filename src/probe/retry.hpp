#pragma once

#include "backoff.hpp"

#include <dtrace/core/time.hpp>
#include <dtrace/http/client.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace dtrace::probe {

struct RetryLimits {
    BackoffLimits backoff;
    /// Name or password refused: only a person can change that, so ask slowly.
    Duration unauthorized = seconds(30);
    /// A server may ask for more patience; it is given this much.
    Duration longest_retry_after = std::chrono::minutes(10);
};

/// A request that did not work, for the time being.
struct Failure {
    std::string reason;  ///< one line, for the log
    /// What the server asked for, or what the kind of failure calls for.
    Duration at_least{};
};

/// What an answer other than the awaited one means.
[[nodiscard]] Failure failure_of(http::ClientResponse const& answer, RetryLimits const& limits);

/// The same for a request without an answer.
[[nodiscard]] Failure failure_of(Error const& error);

/// What came from outside as something to log: short, and without control characters.
[[nodiscard]] std::string one_line(std::string text);

/// How long to wait from a failure to the next try: what the failure calls for, plus the back-off.
class Retry {
  public:
    Retry(RetryLimits const& limits, std::uint64_t seed) : backoff_(limits.backoff, seed) {}

    [[nodiscard]] Duration after(Failure const& failure) {
        return failure.at_least + backoff_.next();
    }
    void succeeded() { backoff_.reset(); }
    [[nodiscard]] std::uint64_t failures() const { return backoff_.failures(); }

  private:
    Backoff backoff_;
};

}  // namespace dtrace::probe
