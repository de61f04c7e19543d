#include <dtrace/formats/fbtracert.hpp>
#include <dtrace/formats/flow_table.hpp>
#include <dtrace/formats/verdict_text.hpp>

#include <boost/test/unit_test.hpp>

#include <ip_literal.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace dtrace;
using namespace dtrace::formats;

BOOST_AUTO_TEST_SUITE(loss_formats)

namespace {

using test::ip;

analysis::Place place(char const* address) {
    return {.addresses = {ip(address)}, .probe = {}, .silent = {}};
}

FlowSums flow(std::uint16_t port, std::uint32_t path, bool suspect) {
    return {.port = port,
            .path = path,
            .suspect = suspect,
            .reached = true,
            .hops = {{{ip("10.0.0.1")}, 22, 22}, {{}, 22, 0}, {{ip("10.0.0.9")}, 22, 3}}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_table_has_packets_by_hop_and_flow) {
    std::string const expected =
        "+-----+-------------+-----------+\n"
        "| TTL | PORT: 24000 | SENT/RCVD |\n"
        "+-----+-------------+-----------+\n"
        "|   1 | 10.0.0.1    | 22/22     |\n"
        "|   2 | ?           | 22/00     |\n"
        "|   3 | target      | 22/03     |\n"
        "+-----+-------------+-----------+\n";
    auto const flows = std::vector{flow(24000, 0, true), flow(24001, 0, false)};
    BOOST_TEST(to_flow_table(flows, {{ip("10.0.0.9"), "target"}}, false) == expected);
}

BOOST_AUTO_TEST_CASE(without_a_suspect_there_is_no_table_but_of_all) {
    auto const flows = std::vector{flow(24000, 0, false), flow(24001, 1, false)};
    BOOST_TEST(to_flow_table(flows, {}, false).empty());
    auto const all = to_flow_table(flows, {}, true);
    // Flows of different paths stand in tables of their own.
    BOOST_TEST(all.find("PORT: 24000") < all.find("\n\n"));
    BOOST_TEST(all.find("PORT: 24001") > all.find("\n\n"));
}

BOOST_AUTO_TEST_CASE(fbtracert_is_its_json) {
    std::string const expected =
        "{\n\t\"Paths\": {\n\t\t\"24000\": "
        "[\n\t\t\t\"10.0.0.1\",\n\t\t\t\"?\",\n\t\t\t\"10.0.0.9\"\n"
        "\t\t]\n\t},\n\t\"Sent\": {\n\t\t\"24000\": "
        "[\n\t\t\t22,\n\t\t\t22,\n\t\t\t22\n\t\t]\n\t},\n"
        "\t\"Rcvd\": {\n\t\t\"24000\": [\n\t\t\t22,\n\t\t\t0,\n\t\t\t3\n\t\t]\n\t}\n}\n";
    BOOST_TEST(to_fbtracert({flow(24000, 0, true), flow(24001, 0, false)}, {}, false) == expected);
    BOOST_TEST(to_fbtracert({}, {}, true) ==
               "{\n\t\"Paths\": {},\n\t\"Sent\": {},\n\t\"Rcvd\": {}\n}\n");
}

BOOST_AUTO_TEST_CASE(a_name_cannot_command_the_terminal) {
    HopSums const hop{.from = {ip("10.0.0.1"), ip("10.0.0.2")}, .sent = 1, .answered = 1};
    BOOST_TEST(hop_name(hop, {{ip("10.0.0.1"), "a\x1B[2Jb"}}) == "a?[2Jb|10.0.0.2");
    BOOST_TEST(hop_name({}, {}) == "?");
}

namespace {

/// Flows of one probe to 10.0.0.9, ports from 24000 on, by who answers: the last part of addresses,
/// 0 nobody.
std::vector<bool> suspects(std::vector<std::vector<int>> const& paths,
                           std::vector<analysis::Culprit> culprits) {
    analysis::Evidence evidence;
    auto const target = evidence.node(ip("10.0.0.9"));
    auto const probe = evidence.probe("");
    std::uint64_t port = 24000;
    for (auto const& routers : paths) {
        std::vector<analysis::HopCounts> hops;
        for (int const router : routers)
            hops.push_back({router ? evidence.node(ip(("10.0.0." + std::to_string(router)).c_str()))
                                   : analysis::silent_node,
                            10, 9});
        evidence.add(
            {.flow = {probe, target, port++ << 32}, .reached = routers.back() == 9, .hops = hops});
    }
    analysis::LossVerdict verdict;
    verdict.culprits = std::move(culprits);
    std::vector<bool> found(paths.size());
    for (auto const& flow : flow_sums(evidence, verdict))
        found.at(flow.port - 24000U) = flow.suspect;
    return found;
}

std::vector<bool> suspects(std::vector<std::vector<int>> const& paths,
                           std::vector<analysis::Link> links, analysis::Place const& from,
                           analysis::Place const& to) {
    analysis::Culprit culprit;
    culprit.segment = {from, to};
    culprit.links = std::move(links);
    return suspects(paths, {culprit});
}

using Told = std::vector<bool>;

}  // namespace

BOOST_AUTO_TEST_CASE(flows_are_suspect_that_cross_a_link) {
    auto const from = place("10.0.0.2");
    auto const to = place("10.0.0.9");
    auto const told =
        suspects({{1, 2, 9}, {1, 0, 9}, {1, 3, 9}, {1, 2, 3, 9}, {1, 2, 0, 0}, {1, 0, 0, 0}},
                 {{from, to}}, from, to);
    BOOST_TEST((told == Told{true, false, false, false, true, false}));
}

BOOST_AUTO_TEST_CASE(flows_around_the_router_are_not_suspect) {
    auto const router = place("10.0.0.4");
    auto const to = place("10.0.0.5");
    std::vector<analysis::Link> const links{
        {place("10.0.0.1"), router}, {place("10.0.0.2"), router}, {router, to}};
    analysis::Place const ends{.addresses = {ip("10.0.0.1"), ip("10.0.0.2")}};
    auto const told = suspects({{1, 4, 5, 9},
                                {2, 4, 6, 9},
                                {3, 4, 5, 9},
                                {1, 0, 5, 9},  // may be over the router
                                {1, 7, 5, 9},  // around it
                                {3, 4, 6, 9},  // through it, over none of the links
                                {1, 5, 9},
                                {1, 0, 6, 9}},
                               links, ends, to);
    BOOST_TEST((told == Told{true, true, true, true, false, false, false, false}));
}

BOOST_AUTO_TEST_CASE(silence_is_told_by_its_neighbours) {
    analysis::Place const silent{.addresses = {}, .probe = {}, .silent = 1};
    auto const near = place("10.0.0.1");
    auto const far = place("10.0.0.3");
    std::vector<std::vector<int>> const paths{
        {1, 0, 3, 9}, {1, 0, 4, 9}, {2, 0, 3, 9}, {1, 2, 3, 9}, {1, 0, 0, 0}};
    BOOST_TEST((suspects(paths, {{near, silent}, {silent, far}}, near, far) ==
                Told{true, false, false, false, true}));
    BOOST_TEST(
        (suspects(paths, {{near, silent}}, near, silent) == Told{true, true, false, false, true}));
    BOOST_TEST(
        (suspects(paths, {{silent, far}}, silent, far) == Told{true, false, true, false, false}));
}

BOOST_AUTO_TEST_CASE(whatever_a_probe_sends_crosses_its_access) {
    analysis::Culprit culprit;
    culprit.access = "";
    culprit.segment = {{.addresses = {}, .probe = "", .silent = {}}, place("10.0.0.1")};
    culprit.links = {culprit.segment};
    BOOST_TEST((suspects({{1, 2, 9}, {0, 2, 9}}, {culprit}) == Told{true, true}));
    culprit.access = {};
    BOOST_TEST((suspects({{1, 2, 9}, {2, 1, 9}}, {culprit}) == Told{true, false}));
}

BOOST_AUTO_TEST_CASE(flows_of_one_path_stand_together) {
    analysis::Evidence evidence;
    auto const target = evidence.node(ip("10.0.0.9"));
    auto const probe = evidence.probe("");
    auto const add = [&](std::uint64_t port, std::vector<char const*> routers) {
        std::vector<analysis::HopCounts> hops;
        for (auto const* router : routers)
            hops.push_back({*router ? evidence.node(ip(router)) : analysis::silent_node, 10, 9});
        evidence.add({.flow = {probe, target, port << 32}, .reached = true, .hops = hops});
    };
    add(24002, {"10.0.0.1", "10.0.0.3", "10.0.0.9"});
    add(24001, {"10.0.0.1", "", "10.0.0.9"});
    add(24000, {"10.0.0.1", "10.0.0.2", "10.0.0.9"});
    auto const flows = flow_sums(evidence, {});
    BOOST_REQUIRE(flows.size() == 3);
    BOOST_TEST(flows[0].port == 24000);
    BOOST_TEST(flows[1].port == 24001);  // may have gone the same way
    BOOST_TEST(flows[1].path == flows[0].path);
    BOOST_TEST(flows[2].path != flows[0].path);
}

BOOST_AUTO_TEST_CASE(the_verdict_comes_first_then_why) {
    analysis::LossVerdict verdict;
    verdict.summary = "culprit: x";
    analysis::Culprit culprit;
    culprit.segment = {place("10.0.0.1"), place("10.0.0.2")};
    culprit.reason = "20 of 400";
    culprit.change_our_mind = "flows that pass";
    culprit.flows = 4;
    culprit.probes = 1;
    verdict.culprits = {culprit};
    verdict.needed = {"more"};
    verdict.flows = 16;
    verdict.sent = 10;
    verdict.answered = 9;
    verdict.voided = 2;
    BOOST_TEST(to_verdict_text(verdict) ==
               "culprit: x\n"
               "10.0.0.1 → 10.0.0.2\n"
               "  why: 20 of 400\n"
               "  direction: towards the target, or the way back of everything beyond\n"
               "  witnesses: 4 flows of 1 probe\n"
               "  against it would be: flows that pass\n"
               "needed: more\n"
               "16 flows, 9 of 10 packets answered\n"
               "2 rounds left out: cut short, or this host lost replies itself\n");
}

BOOST_AUTO_TEST_CASE(links_around_a_router_are_not_in_a_row) {
    analysis::Culprit culprit;
    culprit.links.resize(3);
    analysis::LossVerdict verdict;
    verdict.culprits = {culprit};
    BOOST_TEST(to_verdict_text(verdict).find("\n  3 links in a row, which") != std::string::npos);
    verdict.culprits[0].router = place("10.0.0.5");
    auto const text = to_verdict_text(verdict);
    BOOST_TEST(text.find("in a row") == std::string::npos);
    BOOST_TEST(text.find("\n  3 links into 10.0.0.5 and out of it, which") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
