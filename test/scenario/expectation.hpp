#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/model/measurement.hpp>
#include <dtrace/model/trace.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::test {

// <topology>.expect.json beside a topology file: what tracing it must give. Adding a case is adding
// an entry or a file (docs/testing.md).

struct ScenarioCase {
    std::string what;
    IpAddress source;
    IpAddress target;
    ProbingParameters parameters;
    std::optional<std::uint32_t> pace_us;  ///< between packets; default 100
    std::optional<std::uint64_t> seed;     ///< default 1

    StopReason stop_reason = StopReason::completed;
    /// The different paths, in any order, each as the answering addresses by hop: "*" for silence,
    /// "a|b" for several, "/kind" where it is not time_exceeded.
    std::optional<std::vector<std::string>> paths;
    /// Every answer comes from where the simulated network's truth says (default: true).
    std::optional<bool> true_hops;
    std::optional<std::uint32_t> reached_flows;
    /// Bounds of the RTT of the last hop of path 0.
    std::optional<std::uint32_t> min_rtt_us;
    std::optional<std::uint32_t> max_rtt_us;
    std::optional<std::uint64_t> max_took_us;
    std::optional<std::uint32_t> answered_at_least;
    std::optional<std::uint32_t> answered_at_most;
    std::optional<std::string> labels;        ///< of path 0, "hop:label,label hop:label"
    std::optional<std::string> quoted_ttls;   ///< of path 0, where it is not 1: "hop:ttl"
    std::optional<std::string> quoted_toses;  ///< of path 0, where it is not what was sent
    std::optional<std::string> attached;      ///< to path 0's answers: "hop:node=r4 hop:object=…"
    std::optional<std::string> tunnel_hints;  ///< of path 0: "hop:sign=hidden"
    std::optional<std::string>
        translations;                        ///< of path 0: "hop:sd+", for source, destination, sum
    std::optional<std::uint32_t> addresses;  ///< different ones that answered
    std::optional<std::uint32_t> packets_at_most;  ///< sent, overshoot included
    std::optional<std::string> sent;               ///< packets of path 0, by hop: "1 1 3"
    std::optional<std::string> balancing;          ///< "hop:routers:kind"
};
BOOST_DESCRIBE_STRUCT(ScenarioCase, (),
                      (what, source, target, parameters, pace_us, seed, stop_reason, paths,
                       true_hops, reached_flows, min_rtt_us, max_rtt_us, max_took_us,
                       answered_at_least, answered_at_most, labels, quoted_ttls, quoted_toses,
                       attached, tunnel_hints, translations, addresses, packets_at_most, sent,
                       balancing))

struct Expectation {
    std::vector<ScenarioCase> cases;
};
BOOST_DESCRIBE_STRUCT(Expectation, (), (cases))

}  // namespace dtrace::test
