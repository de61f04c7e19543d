#include "simulation.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <map>
#include <set>

using namespace dtrace;
using namespace dtrace::test;

namespace {

Flow flow_number(int i, Method method = Method::udp, Family family = Family::ipv4) {
    return sample_flow(method, family, static_cast<std::uint16_t>(20000 + i));
}

/// How often each address answers the TTL, over this many flows.
std::map<std::string, int> spread(Simulation& sim, Ttl ttl, int flows, Method method = Method::udp,
                                  Family family = Family::ipv4) {
    std::map<std::string, int> answers;
    for (int i = 0; i < flows; ++i)
        ++answers[sim.answer(flow_number(i, method, family), ttl)];
    return answers;
}

/// A count of `n` throws with probability `p`: within 5 standard deviations.
bool is_plausible(int count, int n, double p) {
    return std::abs(count - n * p) <= 5 * std::sqrt(n * p * (1 - p));
}

std::string const two_ways = R"({"nodes": {
    "probe": {"host": true, "addresses": ["192.0.2.1"]},
    "r": {"addresses": ["10.0.0.1"]%},
    "a": {"addresses": ["10.0.0.11"]}, "b": {"addresses": ["10.0.0.12"]},
    "s": {"addresses": ["10.0.0.2"]},
    "t": {"host": true, "addresses": ["198.51.100.9"], "prefixes": ["198.51.100.0/24"]}},
    "links": [{"nodes": ["probe", "r"]}, {"nodes": ["r", "a"]}, {"nodes": ["r", "b"]#},
              {"nodes": ["a", "s"]}, {"nodes": ["b", "s", "t"]}]})";

sim::Topology two_ways_with(std::string const& router, std::string const& link = "") {
    std::string json = two_ways;
    json.replace(json.find('%'), 1, router);
    json.replace(json.find('#'), 1, link);
    return topology(json);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(balancing)

BOOST_AUTO_TEST_CASE(flows_spread_evenly_over_equal_costs) {
    for (Method method : {Method::udp, Method::tcp, Method::icmp})
        for (Family family : {Family::ipv4, Family::ipv6}) {
            Simulation sim(scenario("diamond"));
            auto const answers = spread(sim, 2, 800, method, family);
            BOOST_TEST(answers.size() == 4U);
            for (auto const& [answer, count] : answers)
                BOOST_TEST(is_plausible(count, 800, 0.25), answer << ": " << count);
        }
}

BOOST_AUTO_TEST_CASE(a_flow_keeps_its_way_over_ttls_attempts_and_restarts) {
    for (Method method : {Method::udp, Method::tcp, Method::icmp}) {
        std::vector<std::string> first;
        for (int run = 0; run < 2; ++run) {
            Simulation sim(scenario("diamond"), 9);
            for (int i = 0; i < 50; ++i) {
                Flow const flow = flow_number(i, method);
                auto const branch = sim.answer(flow, 2);
                for (std::uint32_t ticks = 0; ticks < 5; ++ticks) {
                    auto const again = sim.send(Simulation::packet_of(flow, 2, ticks * 12345));
                    BOOST_REQUIRE(again && again->reply);
                    BOOST_TEST(branch.starts_with(to_text(again->reply->outer.from) + " "));
                }
                if (run == 0)
                    first.push_back(branch);
                else
                    BOOST_TEST(branch == first[static_cast<std::size_t>(i)]);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(unequal_branches_put_the_target_at_unequal_ttls) {
    Simulation sim(scenario("diamond"));
    std::set<std::string> at_four;
    for (int i = 0; i < 100; ++i)
        at_four.insert(sim.answer(flow_number(i), 4));
    BOOST_TEST((at_four ==
                std::set<std::string>{"10.0.0.2 time_exceeded", "198.51.100.9 port_unreachable"}));
}

BOOST_AUTO_TEST_CASE(routers_choose_independently_of_each_other) {
    Simulation sim(R"({"nodes": {
        "probe": {"host": true, "addresses": ["192.0.2.1"]},
        "r": {}, "a": {"addresses": ["10.0.0.11"]}, "b": {"addresses": ["10.0.0.12"]}, "s": {},
        "c": {"addresses": ["10.0.0.13"]}, "d": {"addresses": ["10.0.0.14"]}, "u": {},
        "t": {"host": true, "addresses": ["198.51.100.9"]}},
        "links": [{"nodes": ["probe", "r", "a", "s", "c", "u", "t"]},
                  {"nodes": ["r", "b", "s", "d", "u"]}]})");
    std::map<std::string, int> pairs;
    for (int i = 0; i < 800; ++i)
        ++pairs[sim.answer(flow_number(i), 2) + sim.answer(flow_number(i), 4)];
    BOOST_TEST(pairs.size() == 4U);
    for (auto const& [pair, count] : pairs)
        BOOST_TEST(is_plausible(count, 800, 0.25), pair << ": " << count);
}

BOOST_AUTO_TEST_CASE(weights_and_costs_shape_the_choice) {
    Simulation weighted(two_ways_with("", R"(, "weight": 3)"));
    auto const answers = spread(weighted, 2, 1000);
    BOOST_TEST(is_plausible(answers.at("10.0.0.12 time_exceeded"), 1000, 0.75));
    Simulation costly(two_ways_with("", R"(, "cost": 2)"));
    BOOST_TEST(spread(costly, 2, 100).size() == 1U);
    Simulation down(two_ways_with("", R"(, "down": true)"));
    BOOST_TEST(spread(down, 2, 100).count("10.0.0.11 time_exceeded") == 1U);
}

BOOST_AUTO_TEST_CASE(per_packet_balancing_does_not_know_flows) {
    Simulation sim(scenario("per_packet"));
    std::map<std::string, int> answers;
    for (int i = 0; i < 1000; ++i)
        ++answers[sim.answer(sample_flow(), 2)];
    BOOST_TEST(answers.size() == 2U);
    BOOST_TEST(is_plausible(answers.begin()->second, 1000, 0.5));
}

BOOST_AUTO_TEST_CASE(per_destination_balancing_does_not_either) {
    Simulation sim(two_ways_with(R"(, "balance": "per_destination")"));
    BOOST_TEST(spread(sim, 2, 100).size() == 1U);
    std::map<std::string, int> answers;
    for (std::uint32_t i = 1; i < 250; ++i) {
        Flow flow = sample_flow();
        flow.destination = IpV4(0xC6336400U + i);
        ++answers[sim.answer(flow, 2)];
    }
    BOOST_TEST(answers.size() == 2U);
    BOOST_TEST(is_plausible(answers.begin()->second, 249, 0.5));
}

BOOST_AUTO_TEST_CASE(written_routes_go_before_shortest_paths_longest_prefix_first) {
    Simulation sim(two_ways_with(R"(, "routes": [{"to": "198.51.100.0/24", "via": ["a"]},
                                                 {"to": "198.51.100.8/29", "via": ["b"]}])"));
    Flow flow = sample_flow();
    BOOST_TEST(sim.answer(flow, 2) == "10.0.0.12 time_exceeded");
    flow.destination = ip("198.51.100.77");
    BOOST_TEST(sim.answer(flow, 2) == "10.0.0.11 time_exceeded");
}

BOOST_AUTO_TEST_CASE(parallel_links_are_chosen_by_name_or_together) {
    std::string const json = R"({"nodes": {
        "probe": {"host": true, "addresses": ["192.0.2.1"]}, "r": {}, "s": {},
        "t": {"host": true, "addresses": ["198.51.100.9"]}},
        "links": [{"nodes": ["probe", "r"]}, {"nodes": ["s", "t"]},
                  {"nodes": ["r", "s"], "name": "x", "to_addresses": ["10.0.0.1"]},
                  {"nodes": ["r", "s"], "name": "y", "to_addresses": ["10.0.0.2"]}]})";
    Simulation both(json);
    BOOST_TEST(spread(both, 2, 100).size() == 2U);
    auto one = topology(json);
    one.nodes["r"].routes = {{.to = parse<Prefix>("198.51.100.0/24").value(), .via = {"y"}}};
    Simulation by_name(one);
    BOOST_TEST(spread(by_name, 2, 100).count("10.0.0.2 time_exceeded") == 1U);
}

BOOST_AUTO_TEST_CASE(the_true_path_is_the_path_of_the_packets) {
    for (std::string const name : {"diamond", "chain10", "nat", "ttl_faults", "mpls", "firewalled",
                                   "black_hole", "unreachable_late", "silent_hop"})
        for (Method method : {Method::udp, Method::tcp, Method::icmp})
            for (int i = 0; i < 10; ++i) {
                Simulation sim(scenario(name));
                Flow flow = flow_number(i, method);
                if (name == "nat") flow.source = ip("192.168.1.2");
                auto const path = sim.network.path_of(Simulation::packet_of(flow, 1), sim.now, 14);
                for (std::size_t hop = 0; hop < path.size(); ++hop) {
                    auto const received = sim.send(flow, static_cast<Ttl>(hop + 1));
                    bool const expected = path[hop].answer != sim::TrueAnswer::silence;
                    BOOST_TEST(received.has_value() == expected, name << " " << hop + 1);
                    BOOST_TEST(path[hop].certain);
                    if (received && expected && name != "nat")
                        BOOST_TEST(*path[hop].from == received->reply->outer.from);
                }
            }
}

BOOST_AUTO_TEST_CASE(a_true_path_ends_with_the_target_or_a_refusal) {
    Simulation sim(scenario("unreachable_host"));
    auto const path = sim.network.path_of(Simulation::packet_of(sample_flow(), 1), sim.now);
    BOOST_REQUIRE_EQUAL(path.size(), 3U);
    BOOST_TEST((path[1].answer == sim::TrueAnswer::expired));
    BOOST_TEST((path[2].answer == sim::TrueAnswer::refused));
    BOOST_TEST(path[2].node == "r3");
    Simulation random(scenario("per_packet"));
    auto const uncertain =
        random.network.path_of(Simulation::packet_of(sample_flow(), 1), random.now);
    BOOST_REQUIRE_EQUAL(uncertain.size(), 4U);
    BOOST_TEST(uncertain[0].certain);
    BOOST_TEST(!uncertain[1].certain);
    BOOST_TEST((uncertain[3].answer == sim::TrueAnswer::reached));
}

BOOST_AUTO_TEST_CASE(events_change_the_way_at_their_time) {
    Simulation sim(scenario("path_change"));
    BOOST_TEST(sim.answer(sample_flow(), 2) == "10.0.0.11 time_exceeded");
    sim.now = Simulation::start + milliseconds(999);
    BOOST_TEST(sim.answer(sample_flow(), 2) == "10.0.0.11 time_exceeded");
    sim.now = Simulation::start + milliseconds(1000);
    BOOST_TEST(sim.answer(sample_flow(), 2) == "10.0.0.12 time_exceeded");
    BOOST_TEST(sim.answer(sample_flow(), 3) == "10.0.0.2 time_exceeded");
    sim.now = Simulation::start + milliseconds(2500);
    BOOST_TEST(sim.answer(sample_flow(), 2) == "10.0.0.11 time_exceeded");
    BOOST_TEST(sim.answer(sample_flow(), 3) == "silence");
}

BOOST_AUTO_TEST_SUITE_END()
