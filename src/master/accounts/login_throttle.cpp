#include "accounts/login_throttle.hpp"

#include <algorithm>

namespace dtrace::master {

Duration LoginThrottle::wait_of(std::string const& source, TimePoint now) const {
    auto const found = by_name_.find(source);
    if (found == by_name_.end() || found->second->until <= now) return Duration::zero();
    return found->second->until - now;
}

void LoginThrottle::tried(std::string const& source, TimePoint now) {
    auto found = by_name_.find(source);
    if (found == by_name_.end()) {
        if (sources_.size() >= options_.max_sources) {
            by_name_.erase(sources_.back().name);
            sources_.pop_back();
        }
        sources_.push_front({.name = source, .last = now, .until = now});
        found = by_name_.emplace(sources_.front().name, sources_.begin()).first;
    } else {
        sources_.splice(sources_.begin(), sources_, found->second);
    }

    Source& entry = sources_.front();
    auto const forgiven = static_cast<std::uint64_t>((now - entry.last) / options_.forgive_one_per);
    entry.failures -= static_cast<std::uint32_t>(std::min<std::uint64_t>(forgiven, entry.failures));
    ++entry.failures;
    entry.last = now;
    if (entry.failures <= options_.free_failures) return;
    auto const doublings = std::min(entry.failures - options_.free_failures - 1, 20U);
    entry.until =
        now + std::min<Duration>(options_.first_delay * (1LL << doublings), options_.longest_delay);
}

void LoginThrottle::succeeded(std::string const& source) {
    auto const found = by_name_.find(source);
    if (found == by_name_.end()) return;
    take_back(source);
    found->second->until = found->second->last;
}

void LoginThrottle::take_back(std::string const& source) {
    auto const found = by_name_.find(source);
    if (found != by_name_.end() && found->second->failures > 0) --found->second->failures;
}

}  // namespace dtrace::master
