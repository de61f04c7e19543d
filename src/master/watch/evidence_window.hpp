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
#include <span>
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

    /// Rounds of which the other end has counted what arrived, and that speak by that.
    [[nodiscard]] std::size_t counted() const { return counted_; }
    /// Of which it counted more than was sent, or less than was answered, or near to which another
    /// one has the same flows: left as they are.
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
    enum class Arrivals : std::uint8_t { unknown, counted, contradicted, of_no_target };
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
        bool mixed = false;  ///< what arrived may be another round's
    };
    using Number = std::uint64_t;  ///< of an entry, counted from the first that there ever was
    using Ends = std::pair<IpAddress, IpAddress>;
    /// Of one address to another. The newest of each: what is longer ago is joined no more.
    struct Between {
        std::deque<Number> rounds;
        std::deque<Number> heard;  ///< entries that tell what arrived at the other, by their begin
        Timestamp last_counted = Timestamp::min();  ///< Entry::at of the newest such round
        bool left_out = false;                      ///< its counts, as they are behind
    };

    [[nodiscard]] Entry& entry(Number number) {
        return entries_[static_cast<std::size_t>(number - first_number_)];
    }
    void join(Number number);
    [[nodiscard]] std::vector<Listening const*> heard_of(Between const& between);
    /// Marks rounds of the same flows so near that what arrived may be of either.
    void find_mixed(Between const& between, Entry& added);
    /// Where all of its time was listened to.
    void join_round(Entry& round, Between& between, std::span<Listening const* const> heard);
    [[nodiscard]] Arrivals count_arrivals(Entry& round,
                                          std::map<std::uint64_t, std::uint32_t> const& arrived);
    void uncount(Entry& round, Arrivals now);
    /// Whether so much is not told of that what was told may be of another time.
    [[nodiscard]] bool is_behind(Between const& between);
    void leave_out_old_counts();
    /// Of the oldest entry that tells something.
    void forget_heard();
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
    Number first_heard_ = 0;  ///< entries before it tell nothing
    analysis::ProbeAddresses probes_;
    std::map<std::pair<std::string, IpAddress>, Uuid> measurement_of_;  ///< by probe and target
    std::size_t names_ = 0;  ///< in the last two, those of rounds that are gone included
};

}  // namespace dtrace::master
