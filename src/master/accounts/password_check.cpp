#include "accounts/password_check.hpp"

#include "accounts/password_hash.hpp"
#include "api/answers.hpp"

#include <dtrace/core/peer_address.hpp>

namespace dtrace::master {

std::string source_of(IpAddress const& peer) {
    auto const network = host_network(peer);
    return network.to_string() + (network.is_v6() ? "/64" : "");
}

boost::asio::awaitable<PasswordCheck::Verdict> PasswordCheck::verify(Attempt attempt) {
    auto const now = Clock::now();
    Verdict verdict;
    if (auto const wait = waits_.wait_of(attempt.name, attempt.source, now);
        wait > Duration::zero()) {
        ++counters_.slowed;
        verdict.instead =
            try_later(429, "Too many failed logins", "wait before you try again", wait);
        co_return verdict;
    }
    auto const counted = waits_.tried(attempt.name, attempt.source, now);
    auto const verified = co_await async::offload(
        pool_, [&] { return is_right_password(attempt.password, attempt.hash); });
    verdict.right = verified && *verified;
    if (!verified || verdict.right) waits_.take_back(attempt.name, attempt.source, counted);
    if (!verified) {
        ++counters_.busy;
        verdict.instead = try_later(503, "Too many logins at once", "try again", seconds(1));
    }
    co_return verdict;
}

}  // namespace dtrace::master
