#pragma once

#include "login_book.hpp"
#include "login_throttle.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/http/message.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>

namespace dtrace::master {

/// The name of the probe that sent a request, or the answer that it gets instead.
using Login = boost::system::result<std::string, http::Response>;

/// Logins that did not succeed, since the start.
struct LoginCounters {
    std::uint64_t failed = 0;
    std::uint64_t slowed = 0;  ///< answered 429, unverified
    std::uint64_t busy = 0;    ///< answered 503, unverified
};
BOOST_DESCRIBE_STRUCT(LoginCounters, (), (failed, slowed, busy))

/// Checks HTTP Basic against the book. A secret that is not known to be right costs an argon2id
/// verification on the pool, whether the name exists or not. Failures are slowed down per source
/// and per name at a source (429); when too many verifications wait, 503.
class ProbeLogin {
  public:
    struct Options {
        LoginThrottle::Options per_name{.free_failures = 2};
        LoginThrottle::Options per_source{.free_failures = 10, .forgive_one_per = seconds(10)};
    };
    using Counters = LoginCounters;

    ProbeLogin(LoginBook& book, async::WorkerPool& pool, Logger& log, Options options)
        : book_(book),
          pool_(pool),
          log_(log),
          names_(options.per_name),
          sources_(options.per_source) {}

    [[nodiscard]] boost::asio::awaitable<Login> check(http::Request const& request);

    /// The same for credentials that came another way.
    [[nodiscard]] boost::asio::awaitable<Login> check(http::BasicCredentials credentials,
                                                      IpAddress peer);

    [[nodiscard]] Counters const& counters() const { return counters_; }

  private:
    [[nodiscard]] boost::asio::awaitable<Login> verify(http::BasicCredentials credentials,
                                                       std::string source);
    [[nodiscard]] http::Response refuse(std::string const& name, std::string const& source);

    LoginBook& book_;
    async::WorkerPool& pool_;
    Logger& log_;
    LoginThrottle names_;
    LoginThrottle sources_;
    Counters counters_;
};

}  // namespace dtrace::master
