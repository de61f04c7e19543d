#include "accounts/password_check.hpp"

#include "accounts/password_hash.hpp"
#include "api/answers.hpp"

#include <dtrace/core/peer_address.hpp>

#include <algorithm>

namespace dtrace::master {

namespace {

constexpr std::size_t longest_user_name = 100;

}  // namespace

std::string source_of(IpAddress const& peer) {
    auto const network = host_network(peer);
    return network.to_string() + (network.is_v6() ? "/64" : "");
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
