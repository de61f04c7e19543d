// Each kind of change, from packets to the event: two hours of a simulated Internet in which one
// thing after the other happens (changes.json), measured in virtual time.

#include "virtual_prober.hpp"

#include <dtrace/analysis/change_watch.hpp>
#include <dtrace/sim/topology.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

using namespace dtrace;
using namespace dtrace::test;

namespace {

constexpr auto round_every = std::chrono::seconds(20);
constexpr auto whole_time = std::chrono::minutes(120);

IpAddress address(std::string_view text) {
    return boost::asio::ip::make_address(text);
}

/// "minute kind what it is about"
std::string event_text(Event const& event) {
    auto const minute =
        std::chrono::floor<std::chrono::minutes>(event.at.time_since_epoch()).count();
    auto text = std::to_string(minute) + " " + std::string(to_text(event.kind));
    if (event.subject.target) text += " " + *event.subject.target;
    if (event.subject.link) text += " " + event.subject.link->from + ">" + event.subject.link->to;
    return text;
}

std::vector<Event> watch_changes() {
    std::ifstream file(DTRACE_SOURCE_DIR "/test/scenario/changes.json");
    auto const topology = sim::read_topology(std::string(std::istreambuf_iterator<char>(file), {}));
    BOOST_TEST_REQUIRE(topology.has_value(), topology.error().message);
    sim::Network network(*topology, 1, TimePoint{});
    analysis::ChangeWatch watch;
    std::vector<Event> events;
    for (Duration at{}; at < whole_time; at += round_every)
        for (auto const* target : {"198.51.100.1", "198.51.100.2", "198.51.100.3"}) {
            auto trace = run_virtual(network,
                                     {.source = address("192.0.2.1"),
                                      .target = address(target),
                                      .parameters = {.flows = 16, .max_hops = 10}},
                                     TimePoint{} + at);
            trace.probe = "n1";
            trace.measurement = MeasurementName{.id = {}, .name = target};
            trace.started_at = Timestamp{std::chrono::duration_cast<microseconds>(at)};
            std::ranges::move(watch.feed(trace), std::back_inserter(events));
        }
    return events;
}

}  // namespace

BOOST_AUTO_TEST_CASE(changes_of_each_kind_are_told_and_nothing_else) {
    std::string told;
    for (auto const& event : watch_changes())
        told += event_text(event) + "\n";
    BOOST_TEST(told ==
               "10 path_changed 198.51.100.1\n"
               "10 path_changed 198.51.100.2\n"
               "10 path_changed 198.51.100.3\n"
               "20 target_unreachable 198.51.100.2\n"
               "20 hop_kind_new 198.51.100.2\n"
               "25 target_reachable 198.51.100.2\n"
               "30 target_unreachable 198.51.100.3\n"
               "30 loop_began 198.51.100.3 10.0.0.3>10.0.0.2\n"
               "30 path_changed 198.51.100.3\n"
               "35 target_reachable 198.51.100.3\n"
               "35 loop_ended 198.51.100.3\n"
               "35 path_changed 198.51.100.3\n"
               "60 rtt_shifted 10.0.0.2>10.0.0.3\n"
               "90 rtt_settled 10.0.0.2>10.0.0.3\n");
}
