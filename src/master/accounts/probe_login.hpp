#pragma once

#include "accounts/login_book.hpp"
#include "accounts/password_check.hpp"

#include <dtrace/core/log.hpp>
#include <dtrace/http/message.hpp>

#include <optional>
#include <string>

namespace dtrace::master {

/// The name of the probe that sent a request, or the answer that it gets instead.
using Login = boost::system::result<std::string, http::Response>;

/// Checks HTTP Basic against the book. A secret that is not known to be right costs an argon2id
/// verification, whether the name exists or not, and failures are slowed down (PasswordCheck).
class ProbeLogin {
  public:
    using Options = LoginThrottles;
    using Counters = LoginCounters;

    ProbeLogin(LoginBook& book, async::WorkerPool& pool, Logger& log, Options options)
        : book_(book), log_(log), passwords_(pool, options) {}

    [[nodiscard]] boost::asio::awaitable<Login> check(http::Request const& request);

    /// The same for credentials that came another way.
    [[nodiscard]] boost::asio::awaitable<Login> check(http::BasicCredentials credentials,
                                                      IpAddress peer);

    /// The same at once, of a probe whose secret is known to be right; of nobody else.
    [[nodiscard]] std::optional<std::string> proven_name(http::Request const& request) const;

    [[nodiscard]] Counters const& counters() const { return passwords_.counters(); }

  private:
    [[nodiscard]] boost::asio::awaitable<Login> verify(http::BasicCredentials credentials,
                                                       std::string source);
    [[nodiscard]] http::Response refuse(std::string const& name, std::string const& source);

    LoginBook& book_;
    Logger& log_;
    PasswordCheck passwords_;
};

}  // namespace dtrace::master
