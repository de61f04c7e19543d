#pragma once

#include "accounts/login_waits.hpp"

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

/// Who is slowed down: an IPv4 address, or the /64 that an IPv6 host can choose its address from.
[[nodiscard]] std::string source_of(IpAddress const& peer);

/// Verifies passwords with argon2id, on the pool. Failures are slowed down (LoginWaits): 429, with
/// what is left of the wait in Retry-After; it is longer if others at the source fail meanwhile.
/// When too many verifications wait, 503.
class PasswordCheck {
  public:
    PasswordCheck(async::WorkerPool& pool, LoginThrottles options) : pool_(pool), waits_(options) {}

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
    async::WorkerPool& pool_;
    LoginWaits waits_;
    LoginCounters counters_;
};

}  // namespace dtrace::master
