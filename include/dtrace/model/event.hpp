#pragma once

#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/reply.hpp>
#include <dtrace/model/trace.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace {

// The members below are the JSON of the API, name by name (docs/api.md).

/// What changed. Those in pairs open and close.
enum class EventKind : std::uint8_t {
    culprit_opened,
    culprit_grew,  ///< beyond what a receiver of alerts wants to be told of
    culprit_closed,
    path_changed,
    target_unreachable,
    target_reachable,
    loop_began,
    loop_ended,
    hop_kind_new,  ///< routers answer in a way that none of this path did before
    rtt_shifted,
    rtt_settled,
    probe_offline,
    probe_online,
};
BOOST_DESCRIBE_ENUM(EventKind, culprit_opened, culprit_grew, culprit_closed, path_changed,
                    target_unreachable, target_reachable, loop_began, loop_ended, hop_kind_new,
                    rtt_shifted, rtt_settled, probe_offline, probe_online)

enum class Severity : std::uint8_t { info, warning, critical };
BOOST_DESCRIBE_ENUM(Severity, info, warning, critical)

/// A link by the text of its ends: an address, "probe n1", or "*" for a hop that does not answer.
struct EventLink {
    std::string from;
    std::string to;

    friend auto operator<=>(EventLink const&, EventLink const&) = default;
};
BOOST_DESCRIBE_STRUCT(EventLink, (), (from, to))

/// What the event is about.
struct EventSubject {
    std::optional<std::string> target{};  ///< host
    std::optional<EventLink> link{};
    std::optional<IpAddress> router{};

    friend bool operator==(EventSubject const&, EventSubject const&) = default;
};
BOOST_DESCRIBE_STRUCT(EventSubject, (), (target, link, router))

/// A link, and the share of the flows that cross it.
struct LinkShare {
    std::string from;
    std::string to;
    double share = 0;

    friend bool operator==(LinkShare const&, LinkShare const&) = default;
};
BOOST_DESCRIBE_STRUCT(LinkShare, (), (from, to, share))

/// An estimate and where the truth lies with 95 % confidence.
struct EstimateRange {
    double estimate = 0;
    double low = 0;
    double high = 0;

    friend bool operator==(EstimateRange const&, EstimateRange const&) = default;
};
BOOST_DESCRIBE_STRUCT(EstimateRange, (), (estimate, low, high))

/// How it was, or is; what of it is known depends on the kind of the event.
struct EventState {
    std::optional<std::vector<LinkShare>> links{};  ///< those that the other side has not
    std::optional<EstimateRange> rtt_us{};
    std::optional<EstimateRange> loss{};
    std::optional<EstimateRange> worst_loss{};  ///< the largest that an event told of
    std::optional<StopReason> stop_reason{};
    std::optional<std::vector<ReplyKind>> kinds{};

    friend bool operator==(EventState const&, EventState const&) = default;
};
BOOST_DESCRIBE_STRUCT(EventState, (), (links, rtt_us, loss, worst_loss, stop_reason, kinds))

/// What the event rests on.
struct EventEvidence {
    std::uint32_t rounds = 0;
    std::uint32_t flows = 0;
    std::uint64_t samples = 0;      ///< RTTs, or packets
    std::vector<Uuid> traces{};     ///< some of them
    std::optional<Uuid> culprit{};  ///< GET /api/v1/culprits/{id}

    friend bool operator==(EventEvidence const&, EventEvidence const&) = default;
};
BOOST_DESCRIBE_STRUCT(EventEvidence, (), (rounds, flows, samples, traces, culprit))

/// Something changed in the network, as the traces show it.
struct Event {
    Uuid id;  ///< version 7, of the time when it was noticed
    EventKind kind = EventKind::path_changed;
    Timestamp at;  ///< when it was first seen, by the start of a round
    Severity severity = Severity::info;
    std::string summary;  ///< one line for a person
    std::vector<std::string> probes;
    std::optional<MeasurementName> measurement;  ///< absent: of several measurements
    EventSubject subject;
    std::optional<EventState> before;
    std::optional<EventState> after;
    EventEvidence evidence;
    std::optional<Uuid> closes;  ///< the event that opened what this one ends

    friend bool operator==(Event const&, Event const&) = default;
};
BOOST_DESCRIBE_STRUCT(Event, (),
                      (id, kind, at, severity, summary, probes, measurement, subject, before, after,
                       evidence, closes))

}  // namespace dtrace
