#pragma once

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

/// The evidence of the last minutes: traces go in as they come and out as they age. Pure.
class EvidenceWindow {
  public:
    struct Options {
        microseconds length = std::chrono::minutes(10);
        std::size_t most_flows = 1'000'000;  ///< flows of rounds; the oldest go first
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
    struct Entry {
        Timestamp at;
        analysis::Evidence::Receipt receipt;
        std::string probe;
        std::optional<IpAddress> source;
        std::optional<IpAddress> target;
        std::optional<Uuid> measurement;
    };

    void learn_names(Entry const& entry);
    void drop_oldest();
    void compact();
    [[nodiscard]] bool passes(analysis::FlowPath const& path, analysis::Link const& segment) const;
    [[nodiscard]] std::vector<Measuring> measuring(std::vector<std::uint32_t> const& paths) const;

    Options options_;
    analysis::Evidence evidence_;
    std::deque<Entry> entries_;  ///< in the order of arrival
    std::size_t flows_ = 0;
    analysis::ProbeAddresses probes_;
    std::map<std::pair<std::string, IpAddress>, Uuid> measurement_of_;  ///< by probe and target
    std::size_t names_ = 0;  ///< in the last two, those of rounds that are gone included
};

}  // namespace dtrace::master
