#pragma once

#include <dtrace/core/time.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace dtrace::master {

/// Who failed to log in, and how long they wait before their next try is looked at. A try counts as
/// failed until it is proven right, so that many at once get no further than one after the other.
/// Pure; memory is bounded: the source that tried longest ago is forgotten for a new one.
class LoginThrottle {
  public:
    struct Options {
        std::uint32_t free_failures = 0;           ///< that cost no wait
        Duration first_delay = milliseconds(500);  ///< after the first that does, then doubled
        Duration longest_delay = seconds(30);
        Duration forgive_one_per = seconds(60);  ///< failures are forgotten one after the other
        std::size_t max_sources = 10'000;
    };

    explicit LoginThrottle(Options options) : options_(options) {}
    LoginThrottle(LoginThrottle const&) = delete;  ///< whose names would be those of the other
    LoginThrottle& operator=(LoginThrottle const&) = delete;

    /// Time until a try of this source is looked at; zero: now.
    [[nodiscard]] Duration wait_of(std::string const& source, TimePoint now) const;

    void tried(std::string const& source, TimePoint now);

    /// The latest try of this source was right.
    void succeeded(std::string const& source);

    /// The latest try counts for nothing, but the wait stays.
    void take_back(std::string const& source);

    [[nodiscard]] std::size_t size() const { return sources_.size(); }

  private:
    struct Source {
        std::string name;
        std::uint32_t failures = 0;
        TimePoint last;  ///< try
        TimePoint until;
    };

    Options options_;
    std::list<Source> sources_;  ///< the latest try first
    std::unordered_map<std::string_view, std::list<Source>::iterator> by_name_;
};

}  // namespace dtrace::master
