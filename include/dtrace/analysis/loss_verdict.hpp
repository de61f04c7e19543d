#pragma once

#include <dtrace/analysis/evidence.hpp>
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

enum class Verdict : std::uint8_t {
    clean,      ///< no link loses more than `bound`
    culprit,    ///< at least one link loses packets
    undecided,  ///< neither is certain; `needed` says what would help
};
BOOST_DESCRIBE_ENUM(Verdict, clean, culprit, undecided)

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
};
BOOST_DESCRIBE_STRUCT(Witness, (),
                      (probe, target, at, flows, sent, answered, elsewhere_sent,
                       elsewhere_answered))

/// A link, or links that only ever appear together, that loses packets; or the access of a probe,
/// which begins at the probe and ends at the first routers that answer it.
struct Culprit {
    Link segment;             ///< from the near end of the first link to the far end of the last
    std::vector<Link> links;  ///< those that the evidence cannot tell apart, in path order
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
    std::string seen_back;        ///< part of `reason`: whose way back it is on; not in the JSON
    std::string change_our_mind;  ///< what would speak against it
};
BOOST_DESCRIBE_STRUCT(Culprit, (),
                      (segment, links, access, loss, odds, direction, probes, flows, witnesses,
                       alternatives, access_possible, reason, change_our_mind))

/// "10.0.0.1 → 10.0.0.2", "access link probe paris → 10.0.0.1"
[[nodiscard]] std::string describe(Culprit const& culprit);

/// All that a probe sends is answered less from its first hop on: its access link, the way back to
/// it, or every router's reluctance.
struct AccessSuspect {
    std::string probe;
    Interval loss;
    bool separated = false;  ///< other probes hear the same routers in full: it is a culprit
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(AccessSuspect, (), (probe, loss, separated, reason))

/// It answers only some packets, and passes those that go further.
struct DeafResponder {
    Place place;
    std::string probe;
    Interval answered;   ///< share of the packets that reached it
    bool passes = true;  ///< false: nothing beyond it answers, so that nobody knows
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(DeafResponder, (), (place, probe, answered, passes, reason))

/// Loss or a reluctant responder: this evidence cannot tell.
struct Ambiguity {
    Link segment;
    std::uint32_t links = 1;  ///< in a row
    std::string probe;
    Interval loss;  ///< if it is loss
    std::string reason;
    std::string needed;
};
BOOST_DESCRIBE_STRUCT(Ambiguity, (), (segment, links, probe, loss, reason, needed))

struct LossVerdict {
    Verdict verdict = Verdict::undecided;
    std::string summary;            ///< one line for a person
    std::optional<double> bound;    ///< no link that is not named loses more, with 95 % confidence
    std::vector<Culprit> culprits;  ///< the most certain first
    std::vector<Ambiguity> ambiguities;
    std::vector<AccessSuspect> access;
    std::vector<DeafResponder> deaf;
    std::vector<std::string> needed;  ///< what would decide it
    std::uint32_t probes = 0;
    std::uint32_t flows = 0;
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;
    std::uint32_t voided = 0;  ///< traces that could not be used
};
BOOST_DESCRIBE_STRUCT(LossVerdict, (),
                      (verdict, summary, bound, culprits, ambiguities, access, deaf, needed, probes,
                       flows, sent, answered, voided))

}  // namespace dtrace::analysis
