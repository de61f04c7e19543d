#include "simulation.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace dtrace;
using namespace dtrace::test;

namespace {

/// A router and a target; `link` are members of the link between them.
sim::Topology short_chain(std::string const& link, std::string const& router = "") {
    return topology(R"({"nodes": {
        "probe": {"host": true, "addresses": ["192.0.2.1"]},
        "r": {"addresses": ["10.0.0.1"])" +
                    router + R"(},
        "t": {"host": true, "addresses": ["198.51.100.9"]}},
        "links": [{"nodes": ["probe", "r"]}, {"nodes": ["r", "t"])" +
                    link + "}]}");
}

int answered(Simulation& sim, Ttl ttl, int packets, Duration apart = {}) {
    int count = 0;
    for (int i = 0; i < packets; ++i, sim.now += apart)
        count += sim.send(sample_flow(Method::icmp), ttl).has_value();
    return count;
}

void check_share(double count, double n, double p) {
    BOOST_TEST(std::abs(count - n * p) <= 5 * std::sqrt(n * p * (1 - p)),
               count << " of " << n << " at " << p);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(loss_and_limits)

BOOST_AUTO_TEST_CASE(loss_is_as_probable_as_it_is_written_in_each_direction) {
    for (double const loss : {0.01, 0.2, 0.5}) {
        auto there = short_chain("");
        there.links[1].loss = loss;
        Simulation forward(there);
        check_share(answered(forward, 9, 4000), 4000, 1 - loss);
        check_share(static_cast<double>(forward.network.link("r", "t").lost), 4000, loss);
        BOOST_TEST(forward.network.link("r", "t").entered == 4000U);
        BOOST_TEST(forward.network.link("t", "r").lost == 0U);
        BOOST_TEST(answered(forward, 1, 100) == 100);

        auto back = short_chain("");
        back.links[1].loss_back = loss;
        Simulation backward(back);
        check_share(answered(backward, 9, 4000), 4000, 1 - loss);
        BOOST_TEST(backward.network.link("r", "t").lost == 0U);
        check_share(static_cast<double>(backward.network.link("t", "r").lost), 4000, loss);
    }
}

BOOST_AUTO_TEST_CASE(the_counts_explain_every_missing_reply) {
    Simulation sim(scenario("loss_by_link"));
    std::uint64_t replies = 0;
    for (int i = 0; i < 3000; ++i)
        replies +=
            sim.send(sample_flow(Method::udp, Family::ipv4, static_cast<std::uint16_t>(20000 + i)),
                     static_cast<Ttl>(1 + i % 4))
                .has_value();
    std::uint64_t lost = sim.network.node("b").answers_lost;
    for (sim::LinkCount const& link : sim.network.truth().links)
        lost += link.lost;
    BOOST_TEST(replies == sim.network.truth().delivered);
    BOOST_TEST(replies + lost == 3000U);
    BOOST_TEST(sim.network.link("a", "r2").lost > 0U);
    BOOST_TEST(sim.network.link("r2", "c").lost > 0U);
    BOOST_TEST(sim.network.link("c", "r2").lost == 0U);
    BOOST_TEST(sim.network.link("r1", "d").lost == 0U);
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_replies_and_another_seed_others) {
    auto const run = [](std::uint64_t seed) {
        Simulation sim(scenario("loss_by_link"), seed);
        std::vector<std::vector<std::byte>> replies;
        for (int i = 0; i < 300; ++i) {
            auto received = sim.send(sample_flow(), static_cast<Ttl>(1 + i % 4));
            replies.push_back(received ? std::move(received->bytes) : std::vector<std::byte>{});
        }
        return replies;
    };
    BOOST_TEST((run(1) == run(1)));
    BOOST_TEST((run(1) != run(2)));
}

BOOST_AUTO_TEST_CASE(a_router_may_answer_only_some) {
    Simulation some(short_chain("", R"(, "answer_probability": 0.3)"));
    check_share(answered(some, 1, 3000), 3000, 0.3);
    BOOST_TEST(answered(some, 2, 100) == 100);
    Simulation losing(short_chain("", R"(, "answer_loss": 0.3)"));
    check_share(answered(losing, 1, 3000), 3000, 0.7);
    BOOST_TEST(losing.network.node("r").answered == 3000U);
    check_share(static_cast<double>(losing.network.node("r").answers_lost), 3000, 0.3);
    Simulation silent(scenario("silent_hop"));
    BOOST_TEST(answered(silent, 2, 100) == 0);
    BOOST_TEST(silent.network.node("r2").withheld == 100U);
    BOOST_TEST(answered(silent, 3, 100) == 100);
}

BOOST_AUTO_TEST_CASE(a_token_bucket_lets_a_burst_and_then_its_rate_through) {
    Simulation sim(scenario("rate_limited"));
    BOOST_TEST(answered(sim, 2, 50) == 2);
    sim.now += milliseconds(99);
    BOOST_TEST(answered(sim, 2, 50) == 0);
    sim.now += milliseconds(2);
    BOOST_TEST(answered(sim, 2, 50) == 1);
    sim.now += seconds(1000);
    BOOST_TEST(answered(sim, 2, 50) == 2);
    sim.now += seconds(10);
    BOOST_TEST(answered(sim, 2, 1000, milliseconds(10)) == 101);
    BOOST_TEST(answered(sim, 1, 50) == 50);
}

BOOST_AUTO_TEST_CASE(a_limit_holds_errors_back_but_no_direct_answers) {
    Simulation sim(scenario("rate_limited"));
    int unreachable = 0;
    for (int i = 0; i < 20; ++i)
        unreachable += sim.send(sample_flow(Method::udp), 9).has_value();
    BOOST_TEST(unreachable == 6);
    BOOST_TEST(sim.network.node("target").rate_limited == 14U);
    BOOST_TEST(answered(sim, 9, 20) == 20);
    sim.now += milliseconds(1001);
    BOOST_TEST(sim.send(sample_flow(Method::udp), 9).has_value());
    BOOST_TEST(!sim.send(sample_flow(Method::udp), 9).has_value());
}

BOOST_AUTO_TEST_CASE(a_limit_per_destination_has_a_bucket_for_each_prober) {
    std::string const json = R"({"probes": ["p", "q"], "nodes": {
        "p": {"host": true, "addresses": ["192.0.2.1"]},
        "q": {"host": true, "addresses": ["192.0.2.2"]},
        "r": {"addresses": ["10.0.0.1"],
              "rate_limit": {"per_second": 1, "burst": 3, "per_destination": #}},
        "t": {"host": true, "addresses": ["198.51.100.9"]}},
        "links": [{"nodes": ["p", "r", "t"]}, {"nodes": ["q", "r"]}]})";
    for (bool const separate : {false, true}) {
        std::string text = json;
        text.replace(text.find('#'), 1, separate ? "true" : "false");
        Simulation sim(text);
        int count = 0;
        for (int i = 0; i < 10; ++i)
            for (char const* source : {"192.0.2.1", "192.0.2.2"}) {
                Flow flow = sample_flow();
                flow.source = ip(source);
                count += sim.send(flow, 1).has_value();
            }
        BOOST_TEST(count == (separate ? 6 : 3));
    }
}

BOOST_AUTO_TEST_CASE(loss_may_begin_in_the_middle) {
    auto changing = short_chain("");
    changing.events.push_back({.at_ms = 100, .nodes = {}, .links = {{.nodes = {"r", "t"}}}});
    changing.events[0].links[0].loss = 1;
    Simulation sim(changing);
    BOOST_TEST(answered(sim, 9, 50) == 50);
    sim.now += milliseconds(100);
    BOOST_TEST(answered(sim, 9, 50) == 0);
    BOOST_TEST(answered(sim, 1, 50) == 50);
}

BOOST_AUTO_TEST_CASE(a_black_hole_swallows_and_is_counted) {
    for (Family family : {Family::ipv4, Family::ipv6}) {
        Simulation sim(scenario("black_hole"));
        Flow const flow = sample_flow(Method::udp, family);
        BOOST_TEST(sim.answer(flow, 3).ends_with("time_exceeded"));
        BOOST_TEST(sim.answer(flow, 4) == "silence");
        BOOST_TEST(sim.answer(flow, 64) == "silence");
        BOOST_TEST(sim.network.truth().black_holed == 2U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
