#include "accounts/probe_login.hpp"

#include <utility>

namespace dtrace::master {

namespace {

http::Response unauthorized(std::string_view detail) {
    auto response = http::problem(401, "Log in as a probe", detail);
    response.headers.set("WWW-Authenticate", "Basic realm=\"dtrace-node\", charset=\"UTF-8\"");
    return response;
}

}  // namespace

boost::asio::awaitable<Login> ProbeLogin::check(http::Request const& request) {
    auto credentials = http::basic_credentials(request);
    if (!credentials) co_return unauthorized("send the probe's name and secret as HTTP Basic");
    co_return co_await check(std::move(*credentials), request.peer);
}

boost::asio::awaitable<Login> ProbeLogin::check(http::BasicCredentials credentials,
                                                IpAddress peer) {
    if (book_.is_proven(credentials.name, credentials.secret))
        co_return std::move(credentials.name);
    co_return co_await verify(std::move(credentials), source_of(peer));
}

std::optional<std::string> ProbeLogin::proven_name(http::Request const& request) const {
    auto credentials = http::basic_credentials(request);
    if (!credentials || !book_.is_proven(credentials->name, credentials->secret))
        return std::nullopt;
    return std::move(credentials->name);
}

boost::asio::awaitable<Login> ProbeLogin::verify(http::BasicCredentials credentials,
                                                 std::string source) {
    PasswordCheck::Attempt attempt{.name = credentials.name,
                                   .password = credentials.secret,
                                   .hash = book_.hash_of(credentials.name),
                                   .source = source};
    auto const hash = attempt.hash;
    auto verdict = co_await passwords_.verify(std::move(attempt));
    if (verdict.instead) co_return *std::move(verdict.instead);
    bool const proven = verdict.right && book_.prove(credentials.name, credentials.secret, hash);
    if (!proven) co_return refuse(credentials.name, source);
    co_return std::move(credentials.name);
}

http::Response ProbeLogin::refuse(std::string const& name, std::string const& source) {
    passwords_.count_failure();
    // A name that is not ours may be a secret in the wrong place.
    log_.warn("login refused",
              {{"source", source}, {"probe", book_.contains(name) ? name : "(unknown)"}});
    return unauthorized("unknown name or wrong secret");
}

}  // namespace dtrace::master
