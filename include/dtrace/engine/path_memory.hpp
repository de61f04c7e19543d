#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/core/units.hpp>
#include <dtrace/engine/plan.hpp>
#include <dtrace/model/flow.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace dtrace::engine {

/// What a round has learned of the way to its target.
struct PathMemory {
    Ttl hops = 0;  ///< where the target answered, else the last hop that did; 0: nothing is known
    bool reached = false;
    std::vector<std::uint32_t> rtts_us;  ///< the longest of each hop, from hop 1 on; 0: silent

    friend bool operator==(PathMemory const&, PathMemory const&) = default;
};

/// The plan of a round that begins with what is known: its first packets go only as far as the path
/// went, and behind the last hop that answered it waits for what the known RTTs make likely, never
/// for longer than its timeout. A path that has become longer is followed all the same.
[[nodiscard]] Plan with_memory(Plan plan, PathMemory const& known);

/// A known path's silent end is waited for at least so long.
inline constexpr milliseconds least_tail_timeout{100};

/// The last paths of a process, by destination, method and port.
class PathMemories {
  public:
    explicit PathMemories(std::size_t capacity) : capacity_(capacity) {}

    /// Nothing known: an empty memory.
    [[nodiscard]] PathMemory recall(Flow const& flow);
    /// Forgets the path that was asked for least recently where there is no room.
    void keep(Flow const& flow, PathMemory memory);

    [[nodiscard]] std::size_t size() const { return places_.size(); }

  private:
    using Key = std::tuple<IpAddress, Method, Port>;
    using Entries = std::list<std::pair<Key, PathMemory>>;
    [[nodiscard]] static Key key_of(Flow const& flow);

    std::size_t capacity_;
    Entries entries_;  ///< the last used one first
    std::map<Key, Entries::iterator> places_;
};

}  // namespace dtrace::engine
