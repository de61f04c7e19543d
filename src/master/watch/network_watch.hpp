#pragma once

#include "resources/views_culprits.hpp"
#include "watch/burst_orders.hpp"
#include "watch/culprit_book.hpp"
#include "watch/event_log.hpp"
#include "watch/evidence_window.hpp"
#include "watch/router_names.hpp"

#include <dtrace/analysis/change_watch.hpp>
#include <dtrace/analysis/locate_loss.hpp>
#include <dtrace/master/watch_options.hpp>
#include <dtrace/model/event.hpp>
#include <dtrace/model/trace.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dtrace::master {

/// What the traces of all probes say of the network, as they come. Pure: one thread at a time, and
/// time is an argument.
class NetworkWatch {
  public:
    /// Bursts of packets to be ordered: by measurement, from whom.
    using Bursts = std::map<Uuid, std::set<std::string, std::less<>>>;

    struct Findings {
        std::vector<Event> events;
        std::vector<CulpritRecord> culprits;  ///< new, or with more known of them
        Bursts bursts;
    };

    explicit NetworkWatch(WatchOptions const& options);

    // At a start: what was kept, and the traces of the window, in the order of time.
    void restore(std::vector<CulpritRecord> open, std::vector<Event> const& events);
    void replay(std::vector<Trace> const& traces, Timestamp now);

    /// Events that others noticed get their ids, and those that they end.
    void note(std::vector<Event> events, Timestamp now, Findings& findings);

    /// Bursts that were asked for and not ordered.
    void not_ordered(Bursts const& bursts);

    /// A culprit that grows past one of these shares is told of once more.
    void set_loss_marks(std::vector<double> marks) { book_.set_loss_marks(std::move(marks)); }

    void study(std::vector<Trace> const& traces, Timestamp now, Findings& findings);

    /// Makes a verdict of the window.
    void judge(Timestamp now, Findings& findings);

    /// The last one; none yet.
    [[nodiscard]] std::optional<VerdictView> const& verdict() const { return verdict_; }

    [[nodiscard]] std::size_t open_culprits() const { return book_.open().size(); }

  private:
    void want_names();
    void ask_for_bursts(Trace const& trace, Timestamp now, Bursts& bursts);
    [[nodiscard]] std::vector<EvidenceWindow::Measuring> also_affected(Trace const& trace) const;

    WatchOptions options_;
    EvidenceWindow window_;
    analysis::ChangeWatch changes_;
    CulpritBook book_;
    EventLog log_;
    BurstLimits limits_;
    RouterNames names_;
    std::vector<analysis::Culprit> accused_;  ///< by the last verdict
    std::optional<VerdictView> verdict_;
};

}  // namespace dtrace::master
