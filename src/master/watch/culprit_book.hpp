#pragma once

#include "resources/views_culprits.hpp"
#include "watch/judge_window.hpp"

#include <dtrace/core/time.hpp>
#include <dtrace/model/event.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace dtrace::master {

/// Whether both may be one: they have a link or their segment in common, or are one probe's access,
/// whatever router it leads to.
[[nodiscard]] bool same_culprit(analysis::Culprit const& one, analysis::Culprit const& other);

/// Culprits over time: opened when verdicts in a row accuse a link, closed when none has for a
/// while. A culprit stays the same one while the evidence narrows it down or widens it: an
/// accusation belongs to the open record that is most like it, and keeps all open that share a link
/// with it. What splits off a record has been there since that was first seen.
class CulpritBook {
  public:
    struct Options {
        std::uint32_t confirm = 2;                           ///< verdicts in a row
        microseconds close_after = std::chrono::minutes(2);  ///< without an accusation
        std::size_t most_open = 200;
    };
    struct Turn {
        std::vector<CulpritRecord> changed;
        std::vector<Event> events;
    };

    explicit CulpritBook(Options options) : options_(options) {}

    /// Those that were open when the master ended.
    void restore(std::vector<CulpritRecord> open) { open_ = std::move(open); }

    /// A culprit that grows past one of these shares is told of once more.
    void set_loss_marks(std::vector<double> marks) { loss_marks_ = std::move(marks); }

    /// The accused of a verdict made at `now`. What is over counts as an accusation no more, but
    /// says what it lost.
    [[nodiscard]] Turn feed(std::vector<Accusation> const& accused, Timestamp now);

    [[nodiscard]] std::vector<CulpritRecord> const& open() const { return open_; }

    static constexpr std::size_t most_moments = 120;  ///< of a culprit's course

  private:
    struct Suspect {
        Accusation accusation;
        Timestamp since;
        std::uint32_t verdicts = 1;
    };

    void accuse_again(CulpritRecord& known, Accusation const& accusation, Timestamp now,
                      Turn& turn);
    /// None: nothing open may be it.
    [[nodiscard]] CulpritRecord* most_like(analysis::Culprit const& culprit);
    void confirm(Suspect suspect, Timestamp now, Turn& turn, std::vector<Suspect>& suspects);
    void add(Suspect const& suspect, Timestamp now, Turn& turn);
    void close_silent(Timestamp now, Turn& turn);

    Options options_;
    std::vector<double> loss_marks_;
    std::vector<CulpritRecord> open_;
    std::vector<Suspect> suspects_;
};

}  // namespace dtrace::master
