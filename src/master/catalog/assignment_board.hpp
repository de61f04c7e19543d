#pragma once

#include "catalog/selection.hpp"
#include "once/once_orders.hpp"

#include <dtrace/core/uuid.hpp>
#include <dtrace/model/assignment.hpp>
#include <dtrace/model/measurement.hpp>
#include <dtrace/model/trace.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dtrace::master {

/// Who does what: probes × measurements → each probe's assignment. Pure. A revision is a hash of
/// the assignment's content: it changes exactly when that changes, is the same after a restart of
/// the master, never 0 and below 2^53, so that every JSON reader keeps it exact.
class AssignmentBoard {
  public:
    void place(std::vector<BoardProbe> probes);

    /// Those that are gone are remembered as former ones.
    void set_measurements(std::vector<Measurement> measurements,
                          std::optional<std::string> report_url);

    /// Measurements of an earlier run, of which traces may still come.
    void add_former(std::vector<MeasurementName> const& measurements);

    /// Orders a round of each of these probes, at once and once (OnceOrders::add); its measurement
    /// is known from now on. Errors besides: errc::invalid_argument, one of them is no probe.
    [[nodiscard]] Result<void> order_once(OnceItem item, OnceOrders::Names probes);

    /// The rest of what was ordered before a restart; one that is no probe any more just never
    /// reports. Errors are those of OnceOrders::add.
    [[nodiscard]] Result<void> resume_once(OnceItem item, OnceOrders::Names probes);

    // True: something has changed for a probe.
    [[nodiscard]] bool once_reported(std::vector<Trace> const& traces);
    [[nodiscard]] bool expire_once(Timestamp now);
    [[nodiscard]] bool drop_once(Uuid const& item);

    /// OnceOrders::progressed.
    [[nodiscard]] Result<void> once_progressed(Trace trace, std::size_t bytes) {
        return once_.progressed(std::move(trace), bytes);
    }
    [[nodiscard]] OnceOrders::Progress once_progress(Uuid const& item) const {
        return once_.progress_of(item);
    }
    [[nodiscard]] std::uint64_t once_progress_count(Uuid const& item) const {
        return once_.progress_count(item);
    }
    [[nodiscard]] bool owes_once(std::string_view probe) const { return once_.owes(probe); }

    /// Who still owes a trace; none: done, dropped, or never ordered.
    [[nodiscard]] OnceOrders::Names const* once_waiting_for(Uuid const& item) const {
        return once_.waiting_for(item);
    }
    [[nodiscard]] std::optional<Timestamp> next_once_deadline() const {
        return once_.next_deadline();
    }

    /// 0: there is no such probe.
    [[nodiscard]] std::uint64_t revision(std::string_view probe) const;

    /// None: there is no such probe.
    [[nodiscard]] std::optional<Assignment> assignment(std::string_view probe) const;

    /// How many measurements are this probe's.
    [[nodiscard]] std::size_t measurement_count(std::string_view probe) const;

    /// A probe that would have to send more than most_packets_a_second if this measurement came in
    /// the place of the one with its id, and more than it has to now; none: there is none.
    [[nodiscard]] std::optional<std::string> find_overloaded(Measurement const& with) const;

    /// The same as things are.
    [[nodiscard]] std::vector<std::string> overloaded() const;

    /// A mesh is there: addresses of probes matter.
    [[nodiscard]] bool has_mesh() const;

    /// All parts that a mesh has or can have.
    [[nodiscard]] std::vector<MeasurementName> parts_of(Measurement const& mesh) const;

    /// As they are carried out, a mesh as its parts; in the order of their ids.
    [[nodiscard]] std::vector<Measurement> const& measurements() const { return measurements_; }
    [[nodiscard]] std::size_t probe_count() const { return probes_.size(); }

    /// Whether traces of this measurement are welcome: it is there, or it once was, or it is a part
    /// of a mesh that waits for an address.
    [[nodiscard]] bool knows(Uuid const& measurement) const;

    /// By name; a former measurement only if no present one has it.
    [[nodiscard]] std::optional<Uuid> find_measurement(std::string_view name) const;

    /// Names that measurements ask for and no probe has, each once.
    [[nodiscard]] std::vector<std::string> missing_probes() const;

  private:
    struct Share {
        BoardProbe probe;
        std::uint64_t recurring = 0;  ///< the revision without one-off work
        std::uint64_t revision = 0;
        std::vector<std::uint32_t> measurements;  ///< positions in measurements_
        double packets_a_second = 0;
    };

    [[nodiscard]] std::vector<BoardProbe> probes() const;
    [[nodiscard]] std::vector<Measurement> expanded(std::vector<Measurement> const& defined) const;
    /// Which of these measurements each probe has to do: their positions, in order.
    using Selection = std::map<std::string_view, std::vector<std::uint32_t>>;
    [[nodiscard]] Selection select(std::vector<Measurement> const& measurements) const;
    void expand();
    void deal();
    void seal(std::string_view probe);

    std::vector<Measurement> defined_;
    std::vector<Measurement> measurements_;
    std::optional<std::string> report_url_;
    std::map<Uuid, std::string> former_;  ///< id → name
    std::map<std::string, Share, std::less<>> probes_;
    OnceOrders once_;
};

}  // namespace dtrace::master
