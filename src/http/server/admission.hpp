#pragma once

#include <dtrace/core/ip.hpp>

#include <cstddef>
#include <map>

namespace dtrace::http {

/// Pure: counts open connections, in all and by source (an IPv4 address, an IPv6 /64).
class Admission {
  public:
    enum class Verdict { welcome, too_many, too_many_from_source };

    Admission(std::size_t max, std::size_t max_per_source)
        : max_(max), max_per_source_(max_per_source) {}

    /// Counts the connection if it is welcome; then leave() must follow.
    [[nodiscard]] Verdict enter(IpAddress const& peer);
    void leave(IpAddress const& peer);

    [[nodiscard]] std::size_t connections() const { return connections_; }

  private:
    std::size_t max_;
    std::size_t max_per_source_;
    std::size_t connections_ = 0;
    std::map<IpAddress, std::size_t> by_source_;
};

}  // namespace dtrace::http
