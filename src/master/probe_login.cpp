#include "probe_login.hpp"

#include "answers.hpp"
#include "password_hash.hpp"

#include <algorithm>

namespace dtrace::master {

namespace {

constexpr std::size_t longest_name = 100;

/// Who is slowed down: an IPv4 address, or the /64 that an IPv6 host can choose its address from.
std::string source_of(IpAddress const& peer) {
    if (peer.is_v4()) return peer.to_string();
    auto bytes = peer.to_v6().to_bytes();
    if (peer.to_v6().is_v4_mapped())
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, peer.to_v6())
            .to_string();
    std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
    return IpV6(bytes).to_string() + "/64";
}

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

boost::asio::awaitable<Login> ProbeLogin::verify(http::BasicCredentials credentials,
                                                 std::string source) {
    std::string const at_source = source + ' ' + credentials.name.substr(0, longest_name);
    auto const now = Clock::now();
    auto const wait = std::max(names_.wait_of(at_source, now), sources_.wait_of(source, now));
    if (wait > Duration::zero()) {
        ++counters_.slowed;
        co_return try_later(429, "Too many failed logins", "wait before you try again", wait);
    }

    names_.tried(at_source, now);
    sources_.tried(source, now);
    std::string const hash = book_.hash_of(credentials.name);
    auto const verified =
        co_await async::offload(pool_, [&] { return is_right_password(credentials.secret, hash); });
    bool const proven =
        verified && *verified && book_.prove(credentials.name, credentials.secret, hash);
    if (!verified || proven) {
        names_.succeeded(at_source);
        sources_.succeeded(source);
    }
    if (!verified) {
        ++counters_.busy;
        co_return try_later(503, "Too many logins at once", "try again", seconds(1));
    }
    if (!proven) co_return refuse(credentials.name, source);
    co_return std::move(credentials.name);
}

http::Response ProbeLogin::refuse(std::string const& name, std::string const& source) {
    ++counters_.failed;
    // A name that is not ours may be a secret in the wrong place.
    log_.warn("login refused",
              {{"source", source}, {"probe", book_.contains(name) ? name : "(unknown)"}});
    return unauthorized("unknown name or wrong secret");
}

}  // namespace dtrace::master
