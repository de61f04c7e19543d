#include <dtrace/demo/internet.hpp>

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace dtrace::demo {

namespace {

/// Addresses are those reserved for documentation, and private ones. A router answers from the
/// interface that a packet came in by; core1.ams also says its name (a node identity).
constexpr std::string_view map = R"({
  "about": "Three probes reach a data centre over the network of one carrier",
  "probes": ["berlin", "london", "new-york"],
  "nodes": {
    "berlin":   {"host": true, "addresses": ["192.0.2.10"]},
    "london":   {"host": true, "addresses": ["192.0.2.74"]},
    "new-york": {"host": true, "addresses": ["192.0.2.138"]},

    "gw.berlin.example":  {"addresses": ["10.1.0.1"], "answer_jitter_us": 300},
    "gw.london.example":  {"addresses": ["10.2.0.1"], "answer_jitter_us": 300},
    "gw.newyork.example": {"addresses": ["10.3.0.1"], "answer_jitter_us": 300},
    "access.berlin.example": {"addresses": ["10.1.0.9"], "silent": true},
    "access.london.example": {"addresses": ["10.2.0.9"], "answer_probability": 0.6},
    "edge.fra.carrier.example": {"addresses": ["10.9.1.1"]},
    "edge.lon.carrier.example": {"addresses": ["10.9.2.1"]},
    "edge.nyc.carrier.example": {"addresses": ["10.9.3.1"]},
    "core1.fra.carrier.example": {"addresses": ["10.9.1.11"], "labels": [{"label": 16011, "ttl": 1}]},
    "core2.fra.carrier.example": {"addresses": ["10.9.1.12"], "labels": [{"label": 16012, "ttl": 1}]},
    "core1.lon.carrier.example": {"addresses": ["10.9.2.11"], "answer_jitter_us": 2000},
    "core1.ams.carrier.example": {"addresses": ["10.9.4.11"], "extension": "001005020c636f7265312e616d730000"},
    "core2.ams.carrier.example": {"addresses": ["10.9.4.12"]},
    "agg1.ams.carrier.example": {"addresses": ["10.9.4.21"]},
    "agg2.ams.carrier.example": {"addresses": ["10.9.4.22"]},
    "agg3.ams.carrier.example": {"addresses": ["10.9.4.23"]},
    "agg4.ams.carrier.example": {"addresses": ["10.9.4.24"]},
    "border.dc.example": {"addresses": ["10.20.0.1"]},
    "www.shop.example":  {"host": true, "addresses": ["198.51.100.80"], "tcp_ports": {"443": "open"}},
    "api.shop.example":  {"host": true, "addresses": ["198.51.100.81"], "tcp_ports": {"443": "open"}},
    "ns.shop.example":   {"host": true, "addresses": ["203.0.113.53"]}
  },
  "links": [
    {"nodes": ["berlin", "gw.berlin.example"], "delay_us": 400, "jitter_us": 200},
    {"nodes": ["gw.berlin.example", "access.berlin.example"], "delay_us": 2500, "jitter_us": 600},
    {"nodes": ["access.berlin.example", "edge.fra.carrier.example"], "delay_us": 3200},
    {"nodes": ["london", "gw.london.example"], "delay_us": 300, "jitter_us": 100},
    {"nodes": ["gw.london.example", "access.london.example"], "delay_us": 1800, "jitter_us": 400},
    {"nodes": ["access.london.example", "edge.lon.carrier.example"], "delay_us": 600},
    {"nodes": ["new-york", "gw.newyork.example"], "delay_us": 500, "jitter_us": 200},
    {"nodes": ["gw.newyork.example", "edge.nyc.carrier.example"], "delay_us": 900},
    {"nodes": ["edge.nyc.carrier.example", "core1.lon.carrier.example"], "delay_us": 34000, "jitter_us": 400, "to_addresses": ["10.9.2.33"]},
    {"nodes": ["edge.lon.carrier.example", "core1.lon.carrier.example"], "delay_us": 250, "to_addresses": ["10.9.2.37"]},
    {"nodes": ["edge.fra.carrier.example", "core1.fra.carrier.example"], "delay_us": 1600, "jitter_us": 150},
    {"nodes": ["edge.fra.carrier.example", "core2.fra.carrier.example"], "delay_us": 1900, "jitter_us": 150},
    {"nodes": ["core1.fra.carrier.example", "core1.ams.carrier.example"], "delay_us": 1600, "jitter_us": 150, "to_addresses": ["10.9.4.33"]},
    {"nodes": ["core2.fra.carrier.example", "core2.ams.carrier.example"], "delay_us": 1900, "jitter_us": 150, "to_addresses": ["10.9.4.37"]},
    {"nodes": ["core1.lon.carrier.example", "core1.ams.carrier.example"], "delay_us": 3900, "jitter_us": 200, "to_addresses": ["10.9.4.41"]},
    {"nodes": ["core1.lon.carrier.example", "core2.ams.carrier.example"], "delay_us": 4100, "jitter_us": 200, "to_addresses": ["10.9.4.45"]},
    {"nodes": ["core1.ams.carrier.example", "agg1.ams.carrier.example", "border.dc.example"], "delay_us": 350, "jitter_us": 100},
    {"nodes": ["core1.ams.carrier.example", "agg2.ams.carrier.example", "border.dc.example"], "delay_us": 380, "jitter_us": 100},
    {"nodes": ["core2.ams.carrier.example", "agg3.ams.carrier.example", "border.dc.example"], "delay_us": 420, "jitter_us": 100},
    {"nodes": ["core2.ams.carrier.example", "agg4.ams.carrier.example", "border.dc.example"], "delay_us": 390, "jitter_us": 100},
    {"nodes": ["border.dc.example", "www.shop.example"], "delay_us": 150, "jitter_us": 80},
    {"nodes": ["border.dc.example", "api.shop.example"], "delay_us": 160, "jitter_us": 80},
    {"nodes": ["core1.ams.carrier.example", "ns.shop.example"], "delay_us": 1200, "jitter_us": 100}
  ]
})";

constexpr std::uint32_t cycle_ms = 300'000;
constexpr std::uint32_t cycles = 60;

sim::Event loss_at(std::uint32_t at_ms, double loss) {
    sim::Link link;
    link.nodes = {"agg2.ams.carrier.example", "border.dc.example"};
    link.loss = loss;
    return {.at_ms = at_ms, .nodes = {}, .links = {link}};
}

sim::Event outage_at(std::uint32_t at_ms, bool down) {
    sim::Link link;
    link.nodes = {"core2.ams.carrier.example", "agg3.ams.carrier.example"};
    link.down = down;
    return {.at_ms = at_ms, .nodes = {}, .links = {link}};
}

}  // namespace

sim::Topology internet(std::uint32_t pace) {
    auto topology = sim::read_topology(map);
    if (!topology) throw std::logic_error(topology.error().message);
    auto const time = [divisor = std::max(pace, 1U)](std::uint32_t at_ms) {
        return at_ms / divisor;
    };
    for (std::uint32_t i = 0; i < cycles; ++i) {
        std::uint32_t const begin = i * cycle_ms;
        topology->events.push_back(loss_at(time(begin + 60'000), 0.2));
        topology->events.push_back(loss_at(time(begin + 150'000), 0));
        topology->events.push_back(outage_at(time(begin + 180'000), true));
        topology->events.push_back(outage_at(time(begin + 270'000), false));
    }
    return *std::move(topology);
}

std::string targets_file() {
    return R"({
  "Targets": {
    "0d3a1f6e-6f0c-4f6b-9a55-1c1f6f1a0001": {"Name": "Shop", "Address": "www.shop.example", "Flows": 16},
    "0d3a1f6e-6f0c-4f6b-9a55-1c1f6f1a0002": {"Name": "API", "Address": "api.shop.example",
      "Flows": 8, "Method": "tcp", "Port": 443},
    "0d3a1f6e-6f0c-4f6b-9a55-1c1f6f1a0003": {"Name": "Name server", "Address": "ns.shop.example",
      "Flows": 4, "Method": "icmp"}
  },
  "Attempts": 3, "MaxHops": 20, "TimeoutMs": 500, "IntervalSeconds": 10
}
)";
}

}  // namespace dtrace::demo
