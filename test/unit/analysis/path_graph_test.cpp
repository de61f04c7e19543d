#include "change/thinned_sample.hpp"
#include "graph_rank.hpp"

#include <dtrace/analysis/path_graph.hpp>

#include <boost/test/unit_test.hpp>

#include <path_text.hpp>

#include <map>
#include <set>
#include <string>

using namespace dtrace;
using namespace dtrace::analysis;
using namespace dtrace::test;

namespace {

GraphView graph_of(std::vector<RoundText> const& rounds) {
    PathGraph graph;
    for (auto const& round : rounds)
        graph.add(trace_of(round));
    return graph.view();
}

/// "10.0.0.1", "probe n1", "*1/2".
std::string name_of(GraphNode const& node) {
    if (node.probe) return "probe " + *node.probe;
    if (node.address) return to_text(*node.address);
    return '*' + std::to_string(node.place->position) + '/' + std::to_string(node.place->hops);
}

std::map<std::string, GraphLink> links_of(GraphView const& view) {
    std::map<std::string, GraphLink> links;
    for (auto const& link : view.links)
        links.emplace(name_of(view.nodes.at(link.from)) + " > " + name_of(view.nodes.at(link.to)),
                      link);
    return links;
}

GraphNode const& node(GraphView const& view, std::string const& name) {
    auto const found =
        std::ranges::find_if(view.nodes, [&](auto const& each) { return name_of(each) == name; });
    BOOST_REQUIRE_MESSAGE(found != view.nodes.end(), name);
    return *found;
}

std::vector<std::string> const four_ways{"10.0.0.1 10.0.0.11 10.0.0.2 198.51.100.9",
                                         "10.0.0.1 10.0.0.12 10.0.0.2 198.51.100.9:2",
                                         "10.0.0.1 10.0.0.12 10.0.0.2 198.51.100.9:1"};

}  // namespace

BOOST_AUTO_TEST_SUITE(path_graph)

BOOST_AUTO_TEST_CASE(flows_are_merged_where_they_meet) {
    auto const view = graph_of({{.paths = four_ways}, {.paths = four_ways}});
    BOOST_TEST(view.traces == 2U);
    BOOST_TEST(view.nodes.size() == 6U);
    auto const links = links_of(view);
    BOOST_TEST(links.size() == 6U);
    auto const& first = links.at("probe n1 > 10.0.0.1");
    BOOST_TEST(first.flows == 3U);
    BOOST_TEST(first.rounds == 6U);
    BOOST_TEST(first.sent == 18U);
    BOOST_TEST(first.answered == 12U);
    BOOST_TEST(first.loss->estimate == 1.0 / 3, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(first.loss->low < 1.0 / 3);
    BOOST_TEST(first.loss->high > 1.0 / 3);
    BOOST_TEST(links.at("10.0.0.1 > 10.0.0.11").flows == 1U);
    BOOST_TEST(links.at("10.0.0.11 > 10.0.0.2").loss->estimate == 0.0);
    BOOST_TEST(links.at("10.0.0.1 > 10.0.0.12").loss->estimate == 0.5);
    BOOST_TEST((node(view, "198.51.100.9").kind == GraphNodeKind::target));
    BOOST_TEST((node(view, "probe n1").kind == GraphNodeKind::probe));
    BOOST_TEST(node(view, "10.0.0.2").rank == 3U);
}

BOOST_AUTO_TEST_CASE(a_router_that_answers_rarely_shows_no_loss_on_its_link) {
    auto const view = graph_of({{.paths = {"10.0.0.1 10.0.0.2:1 198.51.100.9"}}});
    BOOST_TEST(node(view, "10.0.0.2").answered == 1U);
    BOOST_TEST(node(view, "10.0.0.2").sent == 3U);
    auto const links = links_of(view);
    BOOST_TEST(links.at("10.0.0.1 > 10.0.0.2").answered == 3U);
    BOOST_TEST(links.at("10.0.0.1 > 10.0.0.2").loss->estimate == 0.0);
}

BOOST_AUTO_TEST_CASE(silent_hops_are_nodes_of_their_own_between_their_neighbours) {
    auto const view = graph_of({{.paths = {"10.0.0.1 * * 10.0.0.4 198.51.100.9",
                                           "10.0.0.1 * 10.0.0.3 10.0.0.4 198.51.100.9",
                                           "10.0.0.1 * * 10.0.0.4 198.51.100.9"}}});
    std::set<std::string> names;
    for (auto const& each : view.nodes)
        names.insert(name_of(each));
    BOOST_TEST((names == std::set<std::string>{"probe n1", "10.0.0.1", "*1/1", "*1/2", "*2/2",
                                               "10.0.0.3", "10.0.0.4", "198.51.100.9"}));
    auto const& silent = node(view, "*2/2");
    BOOST_TEST((silent.kind == GraphNodeKind::silent));
    BOOST_TEST(name_of(view.nodes[silent.place->after]) == "10.0.0.1");
    BOOST_TEST(name_of(view.nodes[silent.place->before.value()]) == "10.0.0.4");
    BOOST_TEST(silent.sent == 6U);
    BOOST_TEST(silent.answered == 0U);
    auto const links = links_of(view);
    BOOST_TEST(links.at("*1/2 > *2/2").flows == 2U);
    BOOST_TEST(!links.at("*1/2 > *2/2").rtt_us.has_value());
    // What got through behind it speaks for the links of a silent hop too.
    BOOST_TEST(links.at("10.0.0.1 > *1/2").answered == 6U);
}

BOOST_AUTO_TEST_CASE(where_nothing_answers_any_more_nothing_is_known_of_loss) {
    auto const view = graph_of(
        {{.paths = {"10.0.0.1 10.0.0.2 * * *"}}, {.paths = {"10.0.0.1 10.0.0.2 * * * *"}}});
    auto const links = links_of(view);
    BOOST_TEST(view.nodes.size() == 7U);
    BOOST_TEST(links.at("10.0.0.1 > 10.0.0.2").sent == 6U);
    auto const& into_the_dark = view.links.at(2);
    BOOST_TEST((view.nodes[into_the_dark.to].kind == GraphNodeKind::silent));
    BOOST_TEST(!view.nodes[into_the_dark.to].place->before.has_value());
    BOOST_TEST(into_the_dark.rounds == 2U);
    BOOST_TEST(into_the_dark.sent == 0U);
    BOOST_TEST(!into_the_dark.loss.has_value());
}

BOOST_AUTO_TEST_CASE(all_probes_share_what_they_share) {
    RoundText const one{.paths = {"10.0.1.1 10.0.0.2 198.51.100.9"}, .probe = "n1"};
    RoundText const two{.paths = {"10.0.2.1 10.0.0.2 198.51.100.9"}, .probe = "n2"};
    auto const view = graph_of({one, two});
    BOOST_TEST(view.nodes.size() == 6U);
    BOOST_TEST(links_of(view).at("10.0.0.2 > 198.51.100.9").flows == 2U);
}

BOOST_AUTO_TEST_CASE(rtts_of_nodes_and_differences_of_links) {
    auto const view = graph_of({{.paths = {"10.0.0.1@1000 10.0.0.2@9000 198.51.100.9@8500"}}});
    auto const links = links_of(view);
    BOOST_TEST(links.at("probe n1 > 10.0.0.1").rtt_us->median == 1000);
    BOOST_TEST(links.at("10.0.0.1 > 10.0.0.2").rtt_us->median == 8000);
    BOOST_TEST(links.at("10.0.0.2 > 198.51.100.9").rtt_us->median == -500);
    BOOST_TEST(node(view, "10.0.0.2").rtt_us->median == 9000);
    BOOST_TEST(node(view, "10.0.0.2").rtt_us->samples == 3U);
}

BOOST_AUTO_TEST_CASE(a_hop_with_several_addresses_spreads) {
    auto const view = graph_of({{.paths = {"10.0.0.1 10.0.0.11|10.0.0.12 198.51.100.9"}}});
    auto const links = links_of(view);
    BOOST_TEST(links.size() == 5U);
    BOOST_TEST(links.at("10.0.0.1 > 10.0.0.11").spread);
    BOOST_TEST(!links.at("probe n1 > 10.0.0.1").spread);
    // Who of the two let a packet fall cannot be said.
    BOOST_TEST(node(view, "10.0.0.11").sent == 0U);
}

BOOST_AUTO_TEST_CASE(a_loop_is_marked_and_the_rest_has_no_circle) {
    auto const view =
        graph_of({{.paths = {"10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.2 10.0.0.3 10.0.0.3 10.0.0.2"}}});
    std::set<std::string> back;
    for (auto const& [name, link] : links_of(view)) {
        if (link.back)
            back.insert(name);
        else
            BOOST_TEST(view.nodes[link.from].rank < view.nodes[link.to].rank);
    }
    BOOST_TEST((back == std::set<std::string>{"10.0.0.3 > 10.0.0.2", "10.0.0.3 > 10.0.0.3"}));
}

BOOST_AUTO_TEST_CASE(losses_of_our_own_host_are_no_evidence) {
    auto trace = trace_of({.paths = four_ways});
    trace.packets.receiver_dropped = 1;
    PathGraph graph;
    graph.add(trace);
    auto const view = graph.view();
    BOOST_TEST(view.voided == 1U);
    BOOST_TEST(view.links.size() == 6U);
    for (auto const& link : view.links)
        BOOST_TEST(!link.loss.has_value());
}

BOOST_AUTO_TEST_CASE(labels_and_names_are_kept) {
    auto trace = trace_of({.paths = {"10.0.0.1 10.0.0.2 198.51.100.9"}});
    trace.target.host = "www.example.net";
    auto& answer = trace.paths[0].hops[1].answers[0];
    answer.labels = {MplsLabel{.label = 77, .bottom = true, .ttl = 1}};
    answer.name = "r2.example.net";
    PathGraph graph;
    graph.add(trace);
    auto const view = graph.view();
    BOOST_TEST(links_of(view).at("10.0.0.1 > 10.0.0.2").labels.at(0) == 77U);
    BOOST_TEST(node(view, "10.0.0.2").names.at(0) == "r2.example.net");
    BOOST_TEST(node(view, "198.51.100.9").names.at(0) == "www.example.net");
}

BOOST_AUTO_TEST_CASE(a_graph_has_a_limit_and_says_when_it_is_reached) {
    PathGraph graph({.nodes = 5, .links = 3});
    graph.add(trace_of({.paths = four_ways}));
    auto const view = graph.view();
    BOOST_TEST(view.truncated);
    BOOST_TEST(view.nodes.size() == 5U);
    BOOST_TEST(view.links.size() == 3U);
}

BOOST_AUTO_TEST_CASE(ranks_grow_along_every_link_of_a_long_chain) {
    std::vector<Arrow> arrows;
    for (std::uint32_t i = 0; i < 100'000; ++i)
        arrows.push_back({i, i + 1, 1});
    arrows.push_back({100'000, 50'000, 1});
    auto const ranking = rank_nodes(100'001, arrows);
    BOOST_TEST(ranking.rank[100'000] == 100'000U);
    BOOST_TEST(ranking.back.back());
    BOOST_TEST(std::ranges::count(ranking.back, true) == 1);
}

BOOST_AUTO_TEST_CASE(a_thinned_sample_keeps_the_middle) {
    ThinnedSample sample(64);
    for (int i = 0; i < 10'000; ++i)
        sample.add(i);
    auto const values = sample.sorted();
    BOOST_TEST(values.size() <= 64U);
    BOOST_TEST(values.size() >= 32U);
    BOOST_TEST(std::abs(values[values.size() / 2] - 5000) < 300);
    BOOST_TEST(sample.seen() == 10'000U);
}

BOOST_AUTO_TEST_SUITE_END()
