#pragma once

#include <dtrace/probe/round_runner.hpp>

#include <cstdint>

namespace dtrace::probe {

/// Made-up results, for trying a master without any privilege: plausible paths through addresses
/// reserved for documentation, named *.made-up.invalid. Nothing is sent and nothing resolved.
class DebugRounds final : public RoundRunner {
  public:
    explicit DebugRounds(std::uint64_t seed) : seed_(seed) {}

    /// Takes as long as the trace says.
    boost::asio::awaitable<Trace> trace(TraceRequest request) override;

  private:
    std::uint64_t seed_;
    std::uint64_t rounds_ = 0;
};

/// Pure: the same arguments give the same trace, its id apart (`id` is taken as it is). The path
/// depends on the host alone, times and losses on `round` too.
[[nodiscard]] Trace make_debug_trace(TraceRequest const& request, std::uint64_t seed,
                                     std::uint64_t round, Timestamp started, Uuid const& id);

}  // namespace dtrace::probe
