#pragma once

#include <dtrace/engine/round.hpp>

namespace dtrace::engine {

/// Builds the trace of a round that has ended, or of one that is under way: then packets that are
/// still waited for count as not sent yet, and paths end where something is known.
class TraceAssembly {
  public:
    TraceAssembly(Round& round, TimePoint now, bool under_way)
        : round_(round), now_(now), under_way_(under_way) {}
    [[nodiscard]] Trace build(TraceHeader header);

  private:
    [[nodiscard]] Path path_of(FlowIndex flow) const;
    [[nodiscard]] Ttl last_hop_of(FlowIndex flow) const;
    [[nodiscard]] bool counts(Packet packet) const;
    [[nodiscard]] FlowIndex flows_used() const;
    [[nodiscard]] bool tells_reason(FlowIndex flow) const;
    void fill(Answer& answer, Round::StoredAnswer const& stored) const;
    void put_answers(std::vector<Path>& paths) const;
    void count_packets(Trace& trace) const;
    [[nodiscard]] StopReason stop_reason() const;

    Round& round_;
    TimePoint now_;
    bool under_way_;
};

}  // namespace dtrace::engine
