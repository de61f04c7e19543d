#pragma once

#include <dtrace/core/described.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/core/units.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/flow.hpp>
#include <dtrace/model/flow_count.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace {

/// How a target is probed: the same knobs on the command line, in files and in the API.
struct ProbingParameters {
    Method method = Method::udp;
    std::optional<Family> family;  ///< absent: what the name resolves to first
    std::optional<Port> port;      ///< absent: default_port(method)
    /// Of the first flow of UDP and TCP, first_source_port to last_source_port; the others have the
    /// next ones that are free. Absent: any.
    std::optional<Port> source_port;
    FlowCount flows = 1;             ///< 1–256, or auto: as many as the paths take
    std::uint16_t attempts = 3;      ///< packets per hop and flow, 1–100
    Ttl first_hop = 1;               ///< 1–max_hops
    Ttl max_hops = 30;               ///< first_hop–100
    std::uint8_t gap_limit = 5;      ///< silent hops in a row that end a flow; 0: never
    std::uint32_t timeout_ms = 500;  ///< the longest wait for a reply, 1–10000
    std::uint8_t tos = 0;            ///< IPv4 TOS, IPv6 traffic class
    /// Of flows auto, per cent: 95 or 99. Absent: default_confidence.
    std::optional<std::uint8_t> confidence;

    friend bool operator==(ProbingParameters const&, ProbingParameters const&) = default;
};
BOOST_DESCRIBE_STRUCT(ProbingParameters, (),
                      (method, family, port, source_port, flows, attempts, first_hop, max_hops,
                       gap_limit, timeout_ms, tos, confidence))
template <>
inline constexpr bool all_members_defaulted<ProbingParameters> = true;

inline constexpr std::uint8_t default_confidence = 95;

/// UDP: the first port of traceroute; TCP: http.
[[nodiscard]] constexpr Port default_port(Method method) {
    return method == Method::tcp ? 80 : method == Method::udp ? 33434 : 0;
}

/// Why the parameters cannot be used, naming the member ("timeout_ms: must be 1 to 10000").
[[nodiscard]] std::optional<std::string> find_fault(ProbingParameters const& parameters);

/// What is to be measured, recurring.
struct Measurement {
    Uuid id;
    std::string name;
    std::string target;  ///< host name or address; empty for a mesh
    ProbingParameters parameters;
    std::uint32_t interval_s = 60;
    std::vector<std::string> probes;      ///< names; empty, and probe_tags too: every probe
    std::vector<std::string> probe_tags;  ///< probes that have one of these tags, besides `probes`
    std::optional<std::string> mesh;      ///< all probes of this tag measure each other
    std::vector<std::string> tags;

    friend bool operator==(Measurement const&, Measurement const&) = default;
};
BOOST_DESCRIBE_STRUCT(Measurement, (),
                      (id, name, target, parameters, interval_s, probes, probe_tags, mesh, tags))

}  // namespace dtrace
