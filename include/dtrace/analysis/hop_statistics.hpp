#pragma once

#include <dtrace/analysis/interval.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/core/units.hpp>
#include <dtrace/model/trace.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::analysis {

// Rounds to one target summed up by hop, as mtr shows them. The members are the JSON of
// `trace --report -j`.

/// Of all answers of a hop, in the order of the rounds; microseconds.
struct RttStatistics {
    std::uint32_t last_us = 0;
    std::uint32_t best_us = 0;
    std::uint32_t worst_us = 0;
    std::uint32_t mean_us = 0;
    std::uint32_t deviation_us = 0;  ///< standard deviation of the answers
    std::uint32_t jitter_us = 0;     ///< mean difference between an answer and the one before

    friend bool operator==(RttStatistics const&, RttStatistics const&) = default;
};
BOOST_DESCRIBE_STRUCT(RttStatistics, (),
                      (last_us, best_us, worst_us, mean_us, deviation_us, jitter_us))

/// Name and network are for somebody else to fill in, who knows them.
struct Responder {
    IpAddress from;
    std::optional<std::string> name;
    std::optional<std::uint32_t> asn;
    std::uint64_t answered = 0;

    friend bool operator==(Responder const&, Responder const&) = default;
};
BOOST_DESCRIBE_STRUCT(Responder, (), (from, name, asn, answered))

/// All packets with one TTL, of all flows.
struct HopStatistics {
    Ttl ttl = 0;
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;
    Interval unanswered;  ///< share of the packets, with Wilson's interval
    /// It leaves more unanswered than a hop behind it: that is its reluctance, and no loss.
    bool passes = false;
    std::vector<Responder> responders;  ///< most answers first
    std::optional<RttStatistics> rtt;   ///< none: silent
};
BOOST_DESCRIBE_STRUCT(HopStatistics, (), (ttl, sent, answered, unanswered, passes, responders, rtt))

class HopTable {
  public:
    void add(Trace const& trace);

    /// From the first TTL on, as far as any round went.
    [[nodiscard]] std::vector<HopStatistics> hops() const;

  private:
    /// Mean and squares by Welford's updates (Technometrics 1962), which lose no digits.
    struct Sums {
        std::uint64_t sent = 0;
        std::uint64_t answered = 0;
        std::map<IpAddress, std::uint64_t> responders;
        double mean = 0;
        double squares = 0;  ///< of the differences from the mean
        double steps = 0;    ///< sum of |this answer - the one before|
        std::uint32_t last_us = 0;
        std::uint32_t best_us = 0;
        std::uint32_t worst_us = 0;
    };

    static void add(Answer const& answer, Sums& sums);
    [[nodiscard]] static HopStatistics statistics(Ttl ttl, Sums const& sums);

    std::map<Ttl, Sums> sums_;
};

}  // namespace dtrace::analysis
