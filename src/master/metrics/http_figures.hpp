#pragma once

#include <dtrace/core/histogram.hpp>
#include <dtrace/http/access_log.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

namespace dtrace::master {

/// Requests by what answered them and how, for the metrics. Bounded by the route table. Pure.
class HttpFigures {
  public:
    static constexpr double bounds[] = {0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60};

    /// A route, "none" for what no route answered; a verb, or "other"; a status, 0 for a peer that
    /// went away.
    using Key = std::tuple<std::string, std::string, unsigned>;

    void note(http::AccessEntry const& entry);

    [[nodiscard]] std::map<Key, std::uint64_t> const& requests() const { return requests_; }
    [[nodiscard]] std::map<std::string, Histogram> const& durations() const { return durations_; }

  private:
    std::map<Key, std::uint64_t> requests_;
    std::map<std::string, Histogram> durations_;  ///< by route
};

}  // namespace dtrace::master
