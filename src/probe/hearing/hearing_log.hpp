#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/model/flow.hpp>
#include <dtrace/model/heard.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace dtrace::probe {

/// What arrived of the rounds that this probe's targets send to it, until a trace to that target
/// tells of it. Pure, and bounded whatever arrives: when something was missed, or has no room, what
/// it belongs to is told by no trace; listening begins anew, and what is told is complete.
class HearingLog {
  public:
    struct Limits {
        std::size_t pairs = 4096;                        ///< of an own address and a target's
        std::size_t visits_of_pair = 4096;               ///< what a report may hold
        std::size_t visits = 1 << 18;                    ///< of all pairs together
        std::uint32_t packets_of_visit = 10'000;         ///< what a report may hold
        Duration kept = longest_heard;                   ///< before the end of the trace that tells
        Duration read_within = std::chrono::seconds(1);  ///< of its arrival, each packet
    };

    HearingLog() = default;
    explicit HearingLog(Limits limits) : limits_(limits) {}

    /// Why something is told by no trace.
    enum class Loss : std::uint8_t {
        none,
        read_late,
        too_much_from_one,  ///< target
        no_room,            ///< for all that was heard
    };

    /// A packet that arrived at `received` and is read now. Only what comes from a target to the
    /// address that this probe measures it from is kept.
    Loss hear(Flow const& flow, TimePoint received, TimePoint now);

    /// Packets were missed, of whomever: everybody's listening begins anew.
    void miss(TimePoint now);

    /// For the trace from `own` to `target` that ends now: what no trace told of yet. None if there
    /// is no span to tell of: at first, when listening to that target begins, and where it began
    /// anew lately. An own address, to which `own` is equal, is not listened to.
    [[nodiscard]] std::optional<Heard> take(IpAddress const& own, IpAddress const& target,
                                            TimePoint now);

  private:
    struct Visit {
        Method method;
        std::uint16_t id;
        Port destination_port;
        std::uint32_t packets;
        TimePoint first;
    };
    struct Pair {
        TimePoint since;  ///< what arrived earlier was told, or missed
        TimePoint taken;
        std::uint64_t misses;  ///< that it knows of
        std::vector<Visit> visits;
    };
    /// Own address, target's address; link-local ones without the interface.
    using Key = std::pair<IpAddress, IpAddress>;

    void begin_anew(Pair& pair, TimePoint now);
    void heed_misses(Pair& pair);
    Loss add(Pair& pair, Flow const& flow, TimePoint received, TimePoint now);
    Loss make_room(Pair& pair, TimePoint now);
    void forget_before(Pair& pair, TimePoint time);
    void forget_least_recent();

    Limits limits_;
    std::map<Key, Pair> pairs_;
    std::size_t visits_ = 0;
    std::uint64_t misses_ = 0;
    TimePoint missed_at_;  ///< the last of them
};

}  // namespace dtrace::probe
