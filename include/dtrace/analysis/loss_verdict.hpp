#pragma once

#include <dtrace/analysis/culprit.hpp>
#include <dtrace/analysis/interval.hpp>
#include <dtrace/analysis/place.hpp>
#include <dtrace/core/described.hpp>
#include <dtrace/core/enum_text.hpp>

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

/// All that a probe sends is answered less from its first hop on: its access link, the way back to
/// it, or every router's reluctance.
struct AccessSuspect {
    std::string probe;
    Interval loss;
    bool separated = false;  ///< other probes hear the same routers in full, or the other ends
                             ///< counted what arrived: it is a culprit
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
    bool full_before = false;  ///< a router before it answers in full; not in the JSON
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
