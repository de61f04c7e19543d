#include <dtrace/formats/fbtracert.hpp>
#include <dtrace/formats/flow_table.hpp>
#include <dtrace/formats/verdict_text.hpp>

#include <boost/test/unit_test.hpp>

#include <ip_literal.hpp>

#include <algorithm>

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

BOOST_AUTO_TEST_CASE(flows_are_suspect_that_cross_the_segment) {
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
    analysis::LossVerdict verdict;
    verdict.culprits.push_back({.segment = {place("10.0.0.2"), place("10.0.0.9")}});
    auto const flows = flow_sums(evidence, verdict);
    BOOST_REQUIRE(flows.size() == 3);
    BOOST_TEST(flows[0].port == 24000);
    BOOST_TEST(flows[0].suspect);
    BOOST_TEST(flows[1].port == 24001);  // may have gone the same way
    BOOST_TEST(flows[1].path == flows[0].path);
    BOOST_TEST(!flows[1].suspect);
    BOOST_TEST(flows[2].path != flows[0].path);
    BOOST_TEST(!flows[2].suspect);
    // Around a router several lead into it.
    verdict.culprits[0].segment.from.addresses.push_back(ip("10.0.0.3"));
    BOOST_TEST(std::ranges::count_if(flow_sums(evidence, verdict), &FlowSums::suspect) == 2);
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
