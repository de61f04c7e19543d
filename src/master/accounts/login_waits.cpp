#include "accounts/login_waits.hpp"

#include <algorithm>

namespace dtrace::master {

namespace {

constexpr std::size_t longest_user_name = 100;

std::string known_part(std::string const& name) {
    return name.substr(0, longest_user_name);
}

std::string name_at_source(std::string const& name, std::string const& source) {
    return source + ' ' + known_part(name);
}

}  // namespace

Duration LoginWaits::wait_of(std::string const& name, std::string const& source,
                             TimePoint now) const {
    auto const at_source = name_at_source(name, source);
    auto const attacked = attacks_.wait_of(known_part(name), now);
    return std::max({names_.wait_of(at_source, now), sources_.wait_of(source, now),
                     std::min(attacked, under_attack_.wait_of(at_source, now))});
}

LoginWaits::Counted LoginWaits::tried(std::string const& name, std::string const& source,
                                      TimePoint now) {
    Counted counted;
    auto const at_source = name_at_source(name, source);
    names_.tried(at_source, now);
    sources_.tried(source, now);
    counted.for_attack = counted_.wait_of(at_source, now) <= Duration::zero();
    if (counted.for_attack) {
        counted_.tried(at_source, now);
        attacks_.tried(known_part(name), now);
    }
    counted.under_attack = attacks_.wait_of(known_part(name), now) > Duration::zero();
    if (counted.under_attack) under_attack_.tried(at_source, now);
    return counted;
}

void LoginWaits::take_back(std::string const& name, std::string const& source, Counted counted) {
    auto const at_source = name_at_source(name, source);
    names_.succeeded(at_source);
    sources_.succeeded(source);
    if (counted.for_attack) counted_.succeeded(at_source);
    if (counted.for_attack) attacks_.take_back(known_part(name));
    if (counted.under_attack) under_attack_.succeeded(at_source);
}

}  // namespace dtrace::master
