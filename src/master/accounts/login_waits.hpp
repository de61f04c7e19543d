#pragma once

#include "accounts/login_throttle.hpp"

#include <string>

namespace dtrace::master {

struct LoginThrottles {
    LoginThrottle::Options per_name{.free_failures = 2};  ///< at one source
    LoginThrottle::Options per_source{.free_failures = 10, .forgive_one_per = seconds(10)};
    /// A source's failures with a name that count for an attack: the first three, then one in ten
    /// minutes. So one source with an old secret is none.
    LoginThrottle::Options counted{.free_failures = 2,
                                   .first_delay = std::chrono::minutes(10),
                                   .longest_delay = std::chrono::minutes(10),
                                   .forgive_one_per = std::chrono::minutes(10),
                                   .max_sources = 50'000};
    /// A name with more of those, from all sources together, is under attack as long.
    LoginThrottle::Options attack{.free_failures = 20,
                                  .first_delay = std::chrono::minutes(10),
                                  .longest_delay = std::chrono::minutes(10),
                                  .forgive_one_per = std::chrono::minutes(2)};
    /// Then a source has one try at it, and waits before the next.
    LoginThrottle::Options under_attack{.first_delay = seconds(60),
                                        .longest_delay = std::chrono::minutes(10),
                                        .forgive_one_per = std::chrono::minutes(10),
                                        .max_sources = 50'000};
};

/// How long a login has to wait after failures: per source and per name at a source, and more so
/// for a name that many sources guess at, but no longer than that goes on. The first try of a
/// source that has not failed before is looked at whatever other sources do; those who share a
/// source with one that guesses wait with it. Pure.
class LoginWaits {
  public:
    explicit LoginWaits(LoginThrottles const& options)
        : names_(options.per_name),
          sources_(options.per_source),
          counted_(options.counted),
          attacks_(options.attack),
          under_attack_(options.under_attack) {}

    /// Time until a try is looked at; zero: now.
    [[nodiscard]] Duration wait_of(std::string const& name, std::string const& source,
                                   TimePoint now) const;

    struct Counted {
        bool for_attack = false;
        bool under_attack = false;
    };
    /// Counts as a failure until it is taken back.
    [[nodiscard]] Counted tried(std::string const& name, std::string const& source, TimePoint now);
    /// It was right, or nobody has looked at it. Neither ends an attack.
    void take_back(std::string const& name, std::string const& source, Counted counted);

  private:
    LoginThrottle names_;         ///< by name at a source
    LoginThrottle sources_;       ///< by source
    LoginThrottle counted_;       ///< by name at a source: those that wait are not counted
    LoginThrottle attacks_;       ///< by name: those that wait are under attack
    LoginThrottle under_attack_;  ///< by name at a source, while the name is
};

}  // namespace dtrace::master
