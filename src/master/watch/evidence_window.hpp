#pragma once

#include "watch/arrivals.hpp"
#include "watch/loss_span.hpp"

#include <dtrace/analysis/evidence.hpp>
#include <dtrace/analysis/loss_verdict.hpp>
#include <dtrace/analysis/way_back.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/trace.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::master {

/// The evidence of the last minutes: traces go in as they come and out as they age. What a probe
/// heard of another one's rounds is joined with these, whichever comes first. Pure.
class EvidenceWindow {
  public:
    struct Options {
        microseconds length = std::chrono::minutes(10);
        std::size_t most_flows = 1'000'000;  ///< of rounds, and as many heard; oldest go first
    };

    explicit EvidenceWindow(Options options) : options_(options) {}

    /// One that is older than the window is left out.
    void add(Trace const& trace, Timestamp now);
    void slide(Timestamp now);

    [[nodiscard]] analysis::Evidence const& evidence() const { return evidence_; }
    [[nodiscard]] std::size_t traces() const { return entries_.size(); }

    // Of the rounds that began at `from` or later and before `to`.
    [[nodiscard]] analysis::Evidence evidence_of(Timestamp from, Timestamp to) const;
    [[nodiscard]] std::size_t traces_of(Timestamp from, Timestamp to) const;

    /// Rounds of which the other end has counted what arrived.
    [[nodiscard]] std::size_t counted() const { return counted_; }
    /// Of which it counted more than was sent, or less than was answered: left as they are.
    [[nodiscard]] std::size_t contradicted() const { return contradicted_; }

    /// What each round sent over a culprit to the end of its paths.
    [[nodiscard]] std::vector<CrossingCounts> rounds_over(analysis::Culprit const& culprit) const;

    /// Where the probes of the window measure from.
    [[nodiscard]] analysis::ProbeAddresses const& probes() const { return probes_; }

    /// Who measures what: probe and measurement, each once.
    using Measuring = std::pair<std::string, Uuid>;
    [[nodiscard]] std::vector<Measuring> crossing(analysis::Culprit const& culprit) const;
    /// Over both ends of a segment, whatever is between them.
    [[nodiscard]] std::vector<Measuring> crossing(analysis::Link const& segment) const;
    /// To a target.
    [[nodiscard]] std::vector<Measuring> measuring(IpAddress const& target) const;

  private:
    enum class Arrivals : std::uint8_t { unknown, counted, contradicted };
    struct Entry {
        Timestamp at;
        TimeSpan time;  ///< by the clock of its probe
        analysis::Evidence::Receipt receipt;
        std::string probe;
        std::optional<IpAddress> source;
        std::optional<IpAddress> target;
        std::optional<Uuid> measurement;
        std::optional<Listening> heard;
        Arrivals arrivals = Arrivals::unknown;
    };
    using Number = std::uint64_t;  ///< of an entry, counted from the first that there ever was
    using Ends = std::pair<IpAddress, IpAddress>;
    /// Of one address to another.
    struct Between {
        std::deque<Number> rounds;  ///< whose arrivals are not known
        std::deque<Number> heard;   ///< entries that tell what arrived at the other
    };

    [[nodiscard]] Entry& entry(Number number) {
        return entries_[static_cast<std::size_t>(number - first_number_)];
    }
    void join(Number number);
    void join_heard(Between& between, Listening const& heard);
    /// Returns whether it is known now what arrived of the round, or that the counts contradict.
    bool count_arrivals(Entry& round, Between const& between);
    [[nodiscard]] Arrivals count_arrivals(Entry& round,
                                          std::map<std::uint64_t, std::uint32_t> const& arrived);
    void part(Entry const& oldest);
    [[nodiscard]] static std::size_t visits_of(Entry const& entry);
    void learn_names(Entry const& entry);
    void drop_oldest();
    void compact();
    [[nodiscard]] bool passes(analysis::FlowPath const& path, analysis::Link const& segment) const;
    [[nodiscard]] std::vector<Measuring> measuring(std::vector<std::uint32_t> const& paths) const;

    Options options_;
    analysis::Evidence evidence_;
    std::deque<Entry> entries_;  ///< in the order of arrival
    Number first_number_ = 0;
    std::map<Ends, Between> between_;
    std::size_t counted_ = 0;
    std::size_t contradicted_ = 0;
    std::size_t flows_ = 0;   ///< of rounds
    std::size_t visits_ = 0;  ///< that were heard
    analysis::ProbeAddresses probes_;
    std::map<std::pair<std::string, IpAddress>, Uuid> measurement_of_;  ///< by probe and target
    std::size_t names_ = 0;  ///< in the last two, those of rounds that are gone included
};

}  // namespace dtrace::master
