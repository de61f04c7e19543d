#include "accounts/password_check.hpp"

#include "accounts/password_hash.hpp"
#include "api/answers.hpp"

#include <dtrace/core/peer_address.hpp>

#include <algorithm>

namespace dtrace::master {

namespace {

constexpr std::size_t longest_user_name = 100;

std::string name_of(PasswordCheck::Attempt const& attempt) {
    return attempt.name.substr(0, longest_user_name);
}

std::string name_at_source(PasswordCheck::Attempt const& attempt) {
    return attempt.source + ' ' + name_of(attempt);
}

}  // namespace

std::string source_of(IpAddress const& peer) {
    auto const network = host_network(peer);
    return network.to_string() + (network.is_v6() ? "/64" : "");
}

Duration PasswordCheck::wait_of(Attempt const& attempt, TimePoint now) const {
    auto const wait = std::max(names_.wait_of(name_at_source(attempt), now),
                               sources_.wait_of(attempt.source, now));
    if (attacks_.wait_of(name_of(attempt), now) <= Duration::zero()) return wait;
    return std::max(wait, under_attack_.wait_of(name_at_source(attempt), now));
}

void PasswordCheck::tried(Attempt const& attempt, TimePoint now) {
    names_.tried(name_at_source(attempt), now);
    sources_.tried(attempt.source, now);
    attacks_.tried(name_of(attempt), now);
    under_attack_.tried(name_at_source(attempt), now);
}

void PasswordCheck::succeeded(Attempt const& attempt) {
    names_.succeeded(name_at_source(attempt));
    sources_.succeeded(attempt.source);
    attacks_.succeeded(name_of(attempt));
    under_attack_.succeeded(name_at_source(attempt));
}

boost::asio::awaitable<PasswordCheck::Verdict> PasswordCheck::verify(Attempt attempt) {
    auto const now = Clock::now();
    Verdict verdict;
    if (auto const wait = wait_of(attempt, now); wait > Duration::zero()) {
        ++counters_.slowed;
        verdict.instead =
            try_later(429, "Too many failed logins", "wait before you try again", wait);
        co_return verdict;
    }
    tried(attempt, now);
    auto const verified = co_await async::offload(
        pool_, [&] { return is_right_password(attempt.password, attempt.hash); });
    verdict.right = verified && *verified;
    if (!verified || verdict.right) succeeded(attempt);
    if (!verified) {
        ++counters_.busy;
        verdict.instead = try_later(503, "Too many logins at once", "try again", seconds(1));
    }
    co_return verdict;
}

}  // namespace dtrace::master
