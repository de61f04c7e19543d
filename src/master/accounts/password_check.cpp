#include "accounts/password_check.hpp"

#include "accounts/password_hash.hpp"
#include "api/answers.hpp"

#include <algorithm>

namespace dtrace::master {

namespace {

constexpr std::size_t longest_user_name = 100;

}  // namespace

std::string source_of(IpAddress const& peer) {
    if (peer.is_v4()) return peer.to_string();
    auto bytes = peer.to_v6().to_bytes();
    if (peer.to_v6().is_v4_mapped())
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, peer.to_v6())
            .to_string();
    std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
    return IpV6(bytes).to_string() + "/64";
}

boost::asio::awaitable<PasswordCheck::Verdict> PasswordCheck::verify(Attempt attempt) {
    std::string const at_source = attempt.source + ' ' + attempt.name.substr(0, longest_user_name);
    auto const now = Clock::now();
    auto const wait =
        std::max(names_.wait_of(at_source, now), sources_.wait_of(attempt.source, now));
    Verdict verdict;
    if (wait > Duration::zero()) {
        ++counters_.slowed;
        verdict.instead =
            try_later(429, "Too many failed logins", "wait before you try again", wait);
        co_return verdict;
    }
    names_.tried(at_source, now);
    sources_.tried(attempt.source, now);
    auto const verified = co_await async::offload(
        pool_, [&] { return is_right_password(attempt.password, attempt.hash); });
    verdict.right = verified && *verified;
    if (!verified || verdict.right) {
        names_.succeeded(at_source);
        sources_.succeeded(attempt.source);
    }
    if (!verified) {
        ++counters_.busy;
        verdict.instead = try_later(503, "Too many logins at once", "try again", seconds(1));
    }
    co_return verdict;
}

}  // namespace dtrace::master
