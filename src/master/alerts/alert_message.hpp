#pragma once

#include "resources/views_culprits.hpp"

#include <dtrace/model/event.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

// The members below are what receivers get, name by name (docs/api.md).

/// What became of what the alert is about.
enum class AlertState : std::uint8_t { opened, changed, closed, test };
BOOST_DESCRIBE_ENUM(AlertState, opened, changed, closed, test)

struct AlertWitness {
    std::string probe;
    IpAddress target;
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;
};
BOOST_DESCRIBE_STRUCT(AlertWitness, (), (probe, target, sent, answered))

/// One of several that a message tells of.
struct AlertBeside {
    Uuid id;
    Timestamp at;
    std::vector<std::string> probes;
    std::optional<Uuid> closes;
};
BOOST_DESCRIBE_STRUCT(AlertBeside, (), (id, at, probes, closes))

struct AlertMessage {
    std::string text;  ///< one sentence, which chat programs show
    Uuid id;           ///< of the event: who gets it twice knows it by this
    std::string kind;  ///< an EventKind, or "test"
    AlertState state = AlertState::changed;
    Timestamp at;
    Severity severity = Severity::info;
    std::optional<EventLink> link;
    std::optional<std::string> target;
    std::optional<EstimateRange> loss;
    std::optional<MeasurementName> measurement;
    std::vector<std::string> probes;
    std::optional<std::vector<AlertWitness>> witnesses;  ///< the strongest five
    std::optional<Uuid> culprit;
    std::optional<Uuid> closes;                      ///< the id of the alert that this one ends
    std::optional<std::string> url;                  ///< the evidence in the dashboard
    std::optional<std::vector<AlertBeside>> beside;  ///< the others, where it tells of several
};
BOOST_DESCRIBE_STRUCT(AlertMessage, (),
                      (text, id, kind, state, at, severity, link, target, loss, measurement, probes,
                       witnesses, culprit, closes, url, beside))

/// `culprit`: the event's, if it is still known. `public_url`: of the dashboard, without a slash at
/// its end; empty: not known.
[[nodiscard]] AlertMessage message_of(Event const& event, CulpritRecord const* culprit,
                                      std::string const& public_url);

/// A version 7 begins with the milliseconds of its making.
[[nodiscard]] Timestamp noticed_at(Event const& event);

/// Whether one message may tell of both: many probes are behind one uplink, and go and come back
/// together.
[[nodiscard]] bool is_told_in_groups(EventKind kind);
[[nodiscard]] bool are_told_together(Event const& first, Event const& next);

/// So many, or the message would outgrow what receivers take.
inline constexpr std::size_t most_together = 50;

/// Of the last event, so that a larger group has another id than the part of it that was told
/// before; the others are `beside` it. At least one.
[[nodiscard]] AlertMessage message_of(std::vector<Event> const& together,
                                      CulpritRecord const* culprit, std::string const& public_url);

[[nodiscard]] AlertMessage test_message(std::string const& receiver, std::string const& public_url,
                                        Timestamp now);

}  // namespace dtrace::master
