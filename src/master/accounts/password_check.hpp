#pragma once

#include "accounts/login_throttle.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/http/message.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace dtrace::master {

/// Logins that did not succeed, since the start.
struct LoginCounters {
    std::uint64_t failed = 0;
    std::uint64_t slowed = 0;  ///< answered 429, unverified
    std::uint64_t busy = 0;    ///< answered 503, unverified
};
BOOST_DESCRIBE_STRUCT(LoginCounters, (), (failed, slowed, busy))

struct LoginThrottles {
    LoginThrottle::Options per_name{.free_failures = 2};  ///< at one source
    LoginThrottle::Options per_source{.free_failures = 10, .forgive_one_per = seconds(10)};
    /// A name with more failures than these, from all sources together, is under attack as long.
    LoginThrottle::Options attack{.free_failures = 20,
                                  .first_delay = std::chrono::minutes(10),
                                  .longest_delay = std::chrono::minutes(10)};
    /// Then a source has one try at it, and waits before the next.
    LoginThrottle::Options under_attack{.first_delay = seconds(60),
                                        .longest_delay = std::chrono::hours(1),
                                        .forgive_one_per = std::chrono::minutes(10),
                                        .max_sources = 50'000};
};

/// Who is slowed down: an IPv4 address, or the /64 that an IPv6 host can choose its address from.
[[nodiscard]] std::string source_of(IpAddress const& peer);

/// Verifies passwords with argon2id, on the pool. Failures are slowed down per source and per name
/// at a source (429), more so where one name's password is tried from many sources; but the first
/// try of a source that has not failed before is looked at whatever others do, so that nobody can
/// be locked out. When too many verifications wait, 503.
class PasswordCheck {
  public:
    PasswordCheck(async::WorkerPool& pool, LoginThrottles options)
        : pool_(pool),
          names_(options.per_name),
          sources_(options.per_source),
          attacks_(options.attack),
          under_attack_(options.under_attack) {}

    struct Attempt {
        std::string name;
        std::string password;
        std::string hash;
        std::string source;  ///< see source_of
    };
    struct Verdict {
        bool right = false;
        std::optional<http::Response> instead{};  ///< it was not verified, and this is why
    };
    [[nodiscard]] boost::asio::awaitable<Verdict> verify(Attempt attempt);

    /// A login was refused for good.
    void count_failure() { ++counters_.failed; }

    [[nodiscard]] LoginCounters const& counters() const { return counters_; }

  private:
    [[nodiscard]] Duration wait_of(Attempt const& attempt, TimePoint now) const;
    void tried(Attempt const& attempt, TimePoint now);
    void succeeded(Attempt const& attempt);

    async::WorkerPool& pool_;
    LoginThrottle names_;         ///< by name at a source
    LoginThrottle sources_;       ///< by source
    LoginThrottle attacks_;       ///< by name: for how long it is under attack
    LoginThrottle under_attack_;  ///< by name at a source
    LoginCounters counters_;
};

}  // namespace dtrace::master
