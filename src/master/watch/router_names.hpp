#pragma once

#include <dtrace/analysis/loss_verdict.hpp>
#include <dtrace/model/trace.hpp>

#include <map>
#include <span>
#include <string>

namespace dtrace::master {

/// The names of the routers that culprits stand between. Only wanted ones are looked for in the
/// traces, so that a network in which nothing is lost pays nothing. Pure.
class RouterNames {
  public:
    /// Those at the ends of these links, and no others from now on.
    void want(std::span<analysis::Link const> links);

    void learn(Trace const& trace);

    /// By address, as far as they are known.
    [[nodiscard]] std::map<std::string, std::string> of(analysis::Link const& link) const;

  private:
    std::map<IpAddress, std::string> names_;  ///< of the wanted; empty: not known yet
};

}  // namespace dtrace::master
