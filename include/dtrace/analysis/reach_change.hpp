#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/model/event.hpp>
#include <dtrace/model/trace.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace dtrace::analysis {

/// Notices, of one probe and target, when the target stops answering or answers again, when paths
/// begin or cease to go round in circles, and when something on the way answers with a kind that
/// was never met before. A target that has never answered is not told of. A state machine over
/// rounds; time is that of the traces.
class ReachChange {
  public:
    struct Options {
        /// Rounds whose kinds of replies count as usual; for the target's own, those it answers.
        std::uint32_t learn = 3;
        std::uint32_t confirm = 2;  ///< rounds in a row for a change, either way
    };

    ReachChange() = default;
    explicit ReachChange(Options options) : options_(options) {}

    /// In the order of time. The events have no ids.
    [[nodiscard]] std::vector<Event> feed(Trace const& trace);

  private:
    /// A state that changes when enough rounds in a row say so.
    struct Switch {
        bool on = false;
        std::uint32_t against = 0;  ///< rounds in a row
        Timestamp since{};          ///< the first of them

        /// True: it has changed.
        bool feed(bool now, Timestamp at, std::uint32_t confirm);
    };

    void feed_reached(Trace const& trace, std::vector<Event>& events);
    void feed_loop(Trace const& trace, std::vector<Event>& events);
    void feed_kinds(Trace const& trace, std::vector<Event>& events);

    static constexpr std::size_t kinds = 16;

    Options options_;
    std::optional<Timestamp> last_round_;
    Switch away_;
    Switch loop_;
    std::uint32_t rounds_ = 0;
    std::uint32_t rounds_reached_ = 0;
    std::array<bool, kinds> usual_{};
    std::array<std::uint32_t, kinds> met_{};  ///< rounds in a row with a kind that is not usual
};

}  // namespace dtrace::analysis
