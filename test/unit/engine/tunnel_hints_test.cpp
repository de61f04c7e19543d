#include <dtrace/engine/tunnel_hints.hpp>

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace dtrace;
using engine::add_tunnel_hints;

namespace {

Answer answer(int place, int reply_ttl, ReplyKind kind = ReplyKind::time_exceeded) {
    Answer a;
    a.from = IpV4({10, 0, 0, static_cast<std::uint8_t>(place)});
    a.kind = kind;
    a.reply_ttl = static_cast<std::uint8_t>(reply_ttl);
    return a;
}

/// Hops from 1 on with one answer each.
Trace trace_of(std::vector<Answer> const& answers) {
    Trace trace;
    Path& path = trace.paths.emplace_back();
    for (auto const& a : answers) {
        Hop& hop = path.hops.emplace_back();
        hop.ttl = static_cast<Ttl>(path.hops.size());
        hop.sent = 1;
        hop.answers.push_back(a);
    }
    add_tunnel_hints(trace);
    return trace;
}

std::vector<TunnelHint> hints(Trace const& trace, std::size_t hop) {
    return trace.paths.at(0).hops.at(hop - 1).tunnel_hints.value_or(std::vector<TunnelHint>{});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tunnel_hints)

BOOST_AUTO_TEST_CASE(replies_have_come_from_the_next_larger_usual_ttl) {
    for (auto const& [arrived, hops] :
         {std::pair{255, 1}, {250, 6}, {129, 127}, {128, 1}, {120, 9}, {64, 1}, {60, 5}, {1, 64}})
        BOOST_TEST(engine::return_length(static_cast<std::uint8_t>(arrived)) == hops, arrived);
}

BOOST_AUTO_TEST_CASE(a_plain_path_has_none) {
    auto const trace = trace_of({answer(1, 255), answer(2, 254), answer(3, 62), answer(4, 252)});
    for (auto const& hop : trace.paths[0].hops)
        BOOST_TEST(!hop.tunnel_hints);
}

BOOST_AUTO_TEST_CASE(a_way_back_that_grows_by_three_more_hints_at_hidden_routers) {
    auto const three = trace_of({answer(1, 255), answer(2, 254), answer(3, 250)});
    BOOST_REQUIRE_EQUAL(hints(three, 3).size(), 1U);
    BOOST_TEST((hints(three, 3)[0] == TunnelHint{TunnelSign::return_path, 3}));
    auto const two = trace_of({answer(1, 255), answer(2, 254), answer(3, 251)});
    BOOST_TEST(hints(two, 3).empty());
    // Only where it grows, not at every hop behind.
    auto const behind = trace_of({answer(1, 255), answer(2, 254), answer(3, 250), answer(4, 249)});
    BOOST_TEST(hints(behind, 4).empty());
}

BOOST_AUTO_TEST_CASE(routers_of_different_initial_ttl_are_compared_by_length) {
    auto const trace = trace_of({answer(1, 255), answer(2, 63), answer(3, 253)});
    BOOST_TEST(hints(trace, 2).empty());
    BOOST_TEST(hints(trace, 3).empty());
}

BOOST_AUTO_TEST_CASE(a_quoted_ttl_above_one_hints_unless_labels_show_the_tunnel) {
    auto inside = answer(2, 254);
    inside.quoted_ttl = 2;
    BOOST_TEST((hints(trace_of({answer(1, 255), inside}), 2).at(0) ==
                TunnelHint{TunnelSign::quoted_ttl, 0}));
    inside.labels = {{.label = 16, .ttl = 1}};
    BOOST_TEST(hints(trace_of({answer(1, 255), inside}), 2).empty());
    auto zero = answer(2, 254);
    zero.quoted_ttl = 0;
    BOOST_TEST(hints(trace_of({answer(1, 255), zero}), 2).empty());
}

BOOST_AUTO_TEST_CASE(a_lone_label_with_most_of_its_ttl_says_how_many_hops_it_hides) {
    auto last = answer(2, 254);
    last.labels = {{.label = 16, .bottom = true, .ttl = 252}};
    BOOST_TEST(
        (hints(trace_of({answer(1, 255), last}), 2).at(0) == TunnelHint{TunnelSign::label_ttl, 3}));
    for (std::uint8_t const ttl : {std::uint8_t{1}, std::uint8_t{235}, std::uint8_t{255}}) {
        last.labels->at(0).ttl = ttl;
        BOOST_TEST(hints(trace_of({answer(1, 255), last}), 2).empty());
    }
    last.labels->at(0).ttl = 252;
    for (auto const& hint : hints(trace_of({last, last}), 2))
        BOOST_TEST((hint.sign != TunnelSign::label_ttl));
}

BOOST_AUTO_TEST_CASE(errors_that_go_back_further_than_echo_replies_do) {
    // The same router expires one packet and answers another: 255 and 64 at the start.
    auto const trace =
        trace_of({answer(1, 255), answer(2, 252), answer(2, 63, ReplyKind::echo_reply)});
    bool found = false;
    for (auto const& hint : hints(trace, 2))
        found = found || hint == TunnelHint{TunnelSign::echo_path, 2};
    BOOST_TEST(found);
}

BOOST_AUTO_TEST_CASE(one_address_at_two_hops) {
    auto const twice = trace_of({answer(1, 255), answer(2, 254), answer(2, 254)});
    BOOST_TEST((hints(twice, 3).at(0) == TunnelHint{TunnelSign::same_address, 0}));
    BOOST_TEST(hints(twice, 2).empty());
    // A router that forwards a used-up TTL looks alike, but the quote tells.
    auto first = answer(2, 254);
    first.quoted_ttl = 0;
    BOOST_TEST(hints(trace_of({answer(1, 255), first, answer(2, 254)}), 3).empty());
    // The target at two hops is an unequal path.
    auto const target = answer(2, 63, ReplyKind::port_unreachable);
    BOOST_TEST(hints(trace_of({answer(1, 255), target, target}), 3).empty());
}

BOOST_AUTO_TEST_SUITE_END()
