#pragma once

#include <dtrace/core/units.hpp>
#include <dtrace/engine/flow_progress.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace dtrace::engine {

/// Who answers at a hop: position among those that do.
using Vertex = std::uint16_t;

/// What a round with flows auto knows of one hop.
class MdaHop {
  public:
    explicit MdaHop(FlowIndex flows) : flows_(flows) {}

    void on_sent(FlowIndex flow);
    void on_answer(FlowIndex flow, AddressIndex from, bool ends);
    /// The flow's last packet has been waited for long enough.
    void on_silence(FlowIndex flow);

    /// What the flow finds here is beyond its end: it was never here.
    void forget(FlowIndex flow);

    /// How many answer; their numbers are below vertex_limit(), but not all numbers are in use.
    [[nodiscard]] unsigned vertices() const;
    [[nodiscard]] Vertex vertex_limit() const { return static_cast<Vertex>(vertices_.size()); }
    /// It answers, and a way leads on from it.
    [[nodiscard]] bool leads_on(Vertex vertex) const {
        return vertices_[vertex].flows > 0 && !vertices_[vertex].ends;
    }
    /// No way leads on from here.
    [[nodiscard]] bool all_end() const;
    /// Different ones found: vertices, and one if flows of the first few found silence.
    [[nodiscard]] unsigned width() const;

    [[nodiscard]] std::optional<Vertex> vertex(FlowIndex flow) const;
    [[nodiscard]] bool untouched(FlowIndex flow) const {
        return flows_[flow].state == State::untouched;
    }
    [[nodiscard]] bool silent(FlowIndex flow) const { return flows_[flow].state == State::silent; }
    [[nodiscard]] bool waiting(FlowIndex flow) const {
        return flows_[flow].state == State::waiting;
    }
    [[nodiscard]] std::uint16_t sent(FlowIndex flow) const { return flows_[flow].sent; }

    /// Flows that were sent here, and how many of them wait for an answer.
    [[nodiscard]] unsigned probed() const { return probed_; }
    [[nodiscard]] unsigned in_flight() const { return in_flight_; }
    [[nodiscard]] unsigned settled() const { return probed_ - in_flight_; }

    /// A flow that was repeated here got another answer than before.
    [[nodiscard]] bool varies() const { return varies_; }

  private:
    enum class State : std::uint8_t { untouched, waiting, answered, silent };
    struct FlowHere {
        State state = State::untouched;
        Vertex vertex = 0;  ///< where answered; the first one
        std::uint16_t sent = 0;
        std::uint16_t order = 0;  ///< among the flows that were sent here
    };
    struct VertexHere {
        AddressIndex address = no_address;
        bool ends = false;
        unsigned flows = 0;
    };

    std::vector<FlowHere> flows_;
    std::vector<VertexHere> vertices_;
    unsigned probed_ = 0;
    unsigned in_flight_ = 0;
    bool varies_ = false;
};

}  // namespace dtrace::engine
