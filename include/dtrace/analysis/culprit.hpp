#pragma once

#include <dtrace/analysis/interval.hpp>
#include <dtrace/analysis/place.hpp>
#include <dtrace/core/described.hpp>
#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/ip.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::analysis {

// The members below are the JSON of the API, name by name (docs/analysis.md).

enum class Direction : std::uint8_t {
    forward,            ///< only the way to the target explains it
    forward_or_return,  ///< the way back of everything beyond would look the same
};
BOOST_DESCRIBE_ENUM(Direction, forward, forward_or_return)

/// What one probe's packets to one target say about a link, counted at one hop beyond it.
struct Witness {
    std::string probe;
    IpAddress target;
    Place at;                 ///< where the packets were answered
    std::uint32_t flows = 0;  ///< that cross the link
    std::uint64_t sent = 0;   ///< to `at`, over the link
    std::uint64_t answered = 0;
    std::uint64_t elsewhere_sent = 0;  ///< to `at`, not over the link
    std::uint64_t elsewhere_answered = 0;
    std::optional<bool> counted{};  ///< true: the target counted what arrived, which is `answered`
};
BOOST_DESCRIBE_STRUCT(Witness, (),
                      (probe, target, at, flows, sent, answered, elsewhere_sent, elsewhere_answered,
                       counted))

/// A link that loses packets, or links of which the evidence cannot tell which does: in a row, or
/// into a router and out of it. Or the access of a probe, which begins at the probe and ends at the
/// first routers that answer it.
struct Culprit {
    /// From the near end of the first link to the far end of the last. Around a router an end is
    /// all near ends before it, or all far ends behind it.
    Link segment;
    std::vector<Link> links;  ///< those that the evidence cannot tell apart, in path order
    /// The links are those into it and out of it: it answers too little to tell them apart.
    std::optional<Place> router;
    std::optional<std::string> access;  ///< it is the access of this probe
    Interval loss;
    double odds = 0;  ///< ln of how much more likely the counts are with this culprit than without
    Direction direction = Direction::forward_or_return;
    std::uint32_t probes = 0;
    std::uint32_t flows = 0;
    std::vector<Witness> witnesses;  ///< the strongest first
    std::vector<Link> alternatives;  ///< less likely, not excluded
    bool access_possible = false;    ///< nor is what all of the probe's packets have in common
    std::string reason;
    bool counted = false;   ///< targets counted what arrived: it is lost there; not in the JSON
    std::string seen_back;  ///< part of `reason`: whose way back it is on; not in the JSON
    std::string change_our_mind;  ///< what would speak against it
};
BOOST_DESCRIBE_STRUCT(Culprit, (),
                      (segment, links, router, access, loss, odds, direction, probes, flows,
                       witnesses, alternatives, access_possible, reason, change_our_mind))

/// "10.0.0.1 → 10.0.0.2", "access link probe paris → 10.0.0.1"
[[nodiscard]] std::string describe(Culprit const& culprit);

}  // namespace dtrace::analysis
