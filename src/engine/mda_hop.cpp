#include <dtrace/engine/mda_hop.hpp>

#include <algorithm>

namespace dtrace::engine {

namespace {
/// Silence among the first flows is a silent router; silence that begins later is one that has
/// answered enough for now.
constexpr std::uint16_t first_flows = 6;
}  // namespace

void MdaHop::on_sent(FlowIndex flow) {
    auto& here = flows_[flow];
    ++here.sent;
    if (here.state == State::untouched) here.order = static_cast<std::uint16_t>(probed_++);
    // A repetition leaves the flow answered: its answer is known.
    if (here.state == State::answered || here.state == State::waiting) return;
    here.state = State::waiting;
    ++in_flight_;
}

void MdaHop::on_answer(FlowIndex flow, AddressIndex from, bool ends) {
    auto const known = std::ranges::find(vertices_, from, &VertexHere::address);
    auto const vertex = static_cast<Vertex>(known - vertices_.begin());
    if (known == vertices_.end())
        vertices_.push_back({.address = from, .ends = ends, .flows = 0});
    else
        known->ends = known->ends || ends;
    auto& here = flows_[flow];
    if (here.state == State::answered) {
        varies_ = varies_ || here.vertex != vertex;
        return;
    }
    if (here.state == State::waiting) --in_flight_;
    here.state = State::answered;
    here.vertex = vertex;
    ++vertices_[vertex].flows;
}

void MdaHop::forget(FlowIndex flow) {
    auto& here = flows_[flow];
    if (here.state == State::untouched) return;
    if (here.state == State::waiting) --in_flight_;
    if (here.state == State::answered) --vertices_[here.vertex].flows;
    here.state = State::untouched;
    --probed_;
}

unsigned MdaHop::vertices() const {
    return static_cast<unsigned>(std::ranges::count_if(
        vertices_, [](VertexHere const& vertex) { return vertex.flows > 0; }));
}

void MdaHop::on_silence(FlowIndex flow) {
    auto& here = flows_[flow];
    if (here.state != State::waiting) return;
    here.state = State::silent;
    --in_flight_;
}

bool MdaHop::all_end() const {
    return vertices() > 0 && std::ranges::all_of(vertices_, [](VertexHere const& vertex) {
               return vertex.ends || vertex.flows == 0;
           });
}

unsigned MdaHop::width() const {
    bool const silence = std::ranges::any_of(flows_, [](FlowHere const& here) {
        return here.state == State::silent && here.order < first_flows;
    });
    return vertices() + (silence ? 1 : 0);
}

std::optional<Vertex> MdaHop::vertex(FlowIndex flow) const {
    auto const& here = flows_[flow];
    if (here.state != State::answered) return std::nullopt;
    return here.vertex;
}

}  // namespace dtrace::engine
