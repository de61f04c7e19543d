#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/engine/pacer.hpp>

#include <cstddef>
#include <unordered_map>

namespace dtrace::engine {

/// A pacer for each target, shared by all rounds towards it.
class TargetPacers {
  public:
    /// `rate` > 0 packets per second to one address, after the first `credit`'s worth.
    TargetPacers(double rate, Duration credit) : fresh_(rate, credit) {}

    /// For a round that begins; the pacer stays until leave() was called as often.
    [[nodiscard]] Pacer& enter(IpAddress const& target) {
        auto const entry = pacers_.try_emplace(target, Shared{fresh_}).first;
        ++entry->second.rounds;
        return entry->second.pacer;
    }
    void leave(IpAddress const& target) {
        auto const entry = pacers_.find(target);
        if (entry != pacers_.end() && --entry->second.rounds == 0) pacers_.erase(entry);
    }

  private:
    struct Shared {
        Pacer pacer;
        std::size_t rounds = 0;
    };
    Pacer fresh_;
    std::unordered_map<IpAddress, Shared> pacers_;
};

}  // namespace dtrace::engine
