#include <dtrace/formats/traceroute_text.hpp>

#include <boost/test/unit_test.hpp>

#include <ip_literal.hpp>

#include <string>
#include <vector>

using namespace dtrace;
using formats::to_traceroute_text;

BOOST_AUTO_TEST_SUITE(traceroute_text)

namespace {

using test::ip;

Answer answer(char const* from, std::uint32_t rtt_us, ReplyKind kind = ReplyKind::time_exceeded) {
    return {.from = ip(from), .kind = kind, .rtt_us = rtt_us};
}

Hop hop(int ttl, std::vector<Answer> answers, std::uint32_t sent = 3) {
    return {.ttl = static_cast<Ttl>(ttl), .sent = sent, .answers = std::move(answers)};
}

/// One flow, one answer per address; "" is a silent hop.
Path path(int flow, std::vector<char const*> addresses, bool reached = true) {
    Path path{.flow = static_cast<FlowIndex>(flow),
              .source_port = static_cast<Port>(24000 + flow),
              .destination_port = Port{33434},
              .reached = reached};
    int ttl = 0;
    for (auto const* address : addresses) {
        ++ttl;
        path.hops.push_back(*address ? hop(ttl, {answer(address, 1000)}, 1) : hop(ttl, {}, 1));
    }
    return path;
}

Trace trace(std::vector<Path> paths, StopReason stop = StopReason::completed) {
    Trace trace;
    trace.target = {.host = "www.example.net", .address = ip("192.0.2.9")};
    trace.stop_reason = stop;
    trace.paths = std::move(paths);
    return trace;
}

std::string lines(Path one, bool names = true) {
    auto const text = to_traceroute_text(trace({std::move(one)}), {.names = names});
    return text.substr(text.find('\n') + 1);
}

std::string line(std::vector<Answer> answers, bool names = true, std::uint32_t sent = 3) {
    return lines({.hops = {hop(1, std::move(answers), sent)}}, names);
}

}  // namespace

BOOST_AUTO_TEST_CASE(first_line_has_what_is_known) {
    BOOST_TEST(to_traceroute_text(trace({}), {.max_hops = Ttl{30}, .bytes = 60U}) ==
               "traceroute to www.example.net (192.0.2.9), 30 hops max, 60 byte packets\n");
    BOOST_TEST(to_traceroute_text(trace({})) == "traceroute to www.example.net (192.0.2.9)\n");
}

BOOST_AUTO_TEST_CASE(a_hop_is_printed_as_traceroute_does) {
    auto first = answer("192.0.2.1", 123);
    first.name = "r1.example.net";
    auto second = first;
    second.rtt_us = 12'034;
    BOOST_TEST(line({first, second, first}) ==
               " 1  r1.example.net (192.0.2.1)  0.123 ms  12.034 ms  0.123 ms\n");
    BOOST_TEST(line({first, second, first}, false) ==
               " 1  192.0.2.1  0.123 ms  12.034 ms  0.123 ms\n");
}

BOOST_AUTO_TEST_CASE(a_network_stands_behind_its_address) {
    auto labelled = answer("192.0.2.1", 1);
    labelled.labels = {{.label = 16004, .traffic_class = 0, .bottom = true, .ttl = 1}};
    Path const one{.hops = {hop(1, {labelled, answer("192.0.2.2", 1)}, 2)}};
    formats::TextOptions options{.names = false};
    options.networks[ip("192.0.2.1")] = 4'200'000'000;
    BOOST_TEST(to_traceroute_text(trace({one}), options)
                   .ends_with(" 1  192.0.2.1 [AS4200000000] <MPLS:L=16004,E=0,S=1,T=1>  0.001 ms"
                              " 192.0.2.2  0.001 ms\n"));
    options.names = true;
    BOOST_TEST(to_traceroute_text(trace({one}), options)
                   .find(" 1  192.0.2.1 (192.0.2.1) [AS4200000000] <") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_name_the_address_stands_twice) {
    BOOST_TEST(line({answer("192.0.2.1", 1)}, true, 1) == " 1  192.0.2.1 (192.0.2.1)  0.001 ms\n");
    BOOST_TEST(line({answer("2001:db8::1", 1)}, true, 1) ==
               " 1  2001:db8::1 (2001:db8::1)  0.001 ms\n");
}

BOOST_AUTO_TEST_CASE(missing_answers_are_stars) {
    BOOST_TEST(line({}) == " 1  * * *\n");
    BOOST_TEST(line({answer("192.0.2.1", 500)}, false) == " 1  192.0.2.1  0.500 ms * *\n");
    BOOST_TEST(lines({.hops = {hop(12, {})}}) == "12  * * *\n");
}

BOOST_AUTO_TEST_CASE(several_routers_in_one_hop) {
    BOOST_TEST(line({answer("192.0.2.1", 100), answer("192.0.2.2", 200), answer("192.0.2.2", 300)},
                    false) == " 1  192.0.2.1  0.100 ms 192.0.2.2  0.200 ms  0.300 ms\n");
}

BOOST_AUTO_TEST_CASE(unreachables_are_marked) {
    auto const marked = [](ReplyKind kind, char const* from = "192.0.2.1",
                           std::optional<std::uint8_t> code = {},
                           std::optional<std::uint16_t> mtu = {}) {
        auto a = answer(from, 1000, kind);
        a.icmp_code = code;
        a.mtu = mtu;
        auto const text = line({a}, false, 1);
        return text.substr(text.find(" ms") + 3);
    };
    BOOST_TEST(marked(ReplyKind::host_unreachable) == " !H\n");
    BOOST_TEST(marked(ReplyKind::net_unreachable) == " !N\n");
    BOOST_TEST(marked(ReplyKind::prohibited, "192.0.2.1", 13) == " !X\n");
    BOOST_TEST(marked(ReplyKind::other_unreachable, "192.0.2.1", 2) == " !P\n");
    BOOST_TEST(marked(ReplyKind::other_unreachable, "192.0.2.1", 4, 1400) == " !F-1400\n");
    BOOST_TEST(marked(ReplyKind::other_unreachable, "192.0.2.1", 5) == " !S\n");
    BOOST_TEST(marked(ReplyKind::other_unreachable, "192.0.2.1", 14) == " !V\n");
    BOOST_TEST(marked(ReplyKind::other_unreachable, "192.0.2.1", 15) == " !C\n");
    BOOST_TEST(marked(ReplyKind::other_unreachable, "192.0.2.1", 99) == " !<99>\n");
    BOOST_TEST(marked(ReplyKind::other_unreachable, "2001:db8::1", 2) == " !<2>\n");
    for (auto kind : {ReplyKind::time_exceeded, ReplyKind::echo_reply, ReplyKind::syn_ack,
                      ReplyKind::rst, ReplyKind::port_unreachable})
        BOOST_TEST(marked(kind) == "\n");
}

BOOST_AUTO_TEST_CASE(labels_stand_behind_the_address) {
    auto first = answer("192.0.2.1", 1000);
    first.labels = {{.label = 16004, .traffic_class = 1, .bottom = false, .ttl = 1},
                    {.label = 24, .traffic_class = 0, .bottom = true, .ttl = 255}};
    auto other = answer("192.0.2.1", 2000);
    BOOST_TEST(line({first, first, other}, false) ==
               " 1  192.0.2.1 <MPLS:L=16004,E=1,S=0,T=1/L=24,E=0,S=1,T=255>  1.000 ms  1.000 ms "
               "192.0.2.1  2.000 ms\n");
}

BOOST_AUTO_TEST_CASE(other_icmp_errors_show_type_and_code) {
    auto a = answer("192.0.2.1", 1000, ReplyKind::other);
    a.icmp_type = 4;
    a.icmp_code = 0;
    BOOST_TEST(line({a}, false, 1) == " 1  192.0.2.1  1.000 ms !<4.0>\n");
}

BOOST_AUTO_TEST_CASE(whatever_a_router_attaches_is_shown) {
    auto a = answer("192.0.2.1", 1000);
    a.interfaces = {{.role = InterfaceRole::incoming,
                     .index = 7,
                     .address = parse<IpAddress>("192.0.2.33").value(),
                     .name = "eth 0",
                     .mtu = 1500},
                    {.role = InterfaceRole::next_hop, .index = 9}};
    a.node = {.address = parse<IpAddress>("192.0.2.5").value(), .name = "r1"};
    a.objects = {{.class_number = 9, .type = 6, .payload = {{0xAB, 0xCD}}}};
    BOOST_TEST(line({a, a}, false, 2) ==
               " 1  192.0.2.1 <INC:7,192.0.2.33,\"eth?0\",mtu=1500> <NXT:9> <NODE:192.0.2.5,\"r1\">"
               " <9/6:abcd>  1.000 ms  1.000 ms\n");
}

BOOST_AUTO_TEST_CASE(what_became_of_our_packet_is_shown) {
    auto plain = answer("192.0.2.1", 1000);
    auto changed = plain;
    changed.translation = {.source = parse<IpAddress>("192.0.2.7").value(),
                           .destination = parse<IpAddress>("10.9.9.9").value(),
                           .checksum_change = 0x1F};
    changed.quoted_tos = 0x20;
    BOOST_TEST(line({plain, changed}, false, 2) ==
               " 1  192.0.2.1  1.000 ms 192.0.2.1 [NAT from 192.0.2.7 to 10.9.9.9 sum 001f]"
               " [tos 0x20]  1.000 ms\n");
}

BOOST_AUTO_TEST_CASE(a_hint_at_a_tunnel_ends_the_line) {
    auto const& answers = {answer("192.0.2.1", 1000)};
    auto tunnel = hop(3, answers, 1);
    tunnel.tunnel_hints = {{TunnelSign::return_path, 4}, {TunnelSign::same_address, 0}};
    BOOST_TEST(lines({.hops = {tunnel}}, false) ==
               " 3  192.0.2.1  1.000 ms [tunnel? return_path 4 same_address]\n");
}

BOOST_AUTO_TEST_CASE(what_was_found_about_balancing_comes_after_the_paths) {
    Trace found = trace({path(0, {"192.0.2.1"}, true)});
    found.multipath = Multipath{.confidence = 95,
                                .balancing = Balancing::per_flow,
                                .complete = true,
                                .discovery_packets = 28,
                                .repeated_packets = 3,
                                .hops = {{2, 4, 21, Balancing::per_flow}}};
    auto const text = to_traceroute_text(found, {.names = false});
    BOOST_TEST(text.ends_with("hop 2: 4 routers, balancing per_flow, 21 flows\n"
                              "multipath: 95 % confidence, 31 packets\n"),
               text);
}

BOOST_AUTO_TEST_CASE(names_cannot_steer_a_terminal) {
    auto hostile = answer("192.0.2.1", 1000);
    hostile.name = "a\x1b[2J\nb \x9b";
    BOOST_TEST(line({hostile}, true, 1) == " 1  a?[2J?b?? (192.0.2.1)  1.000 ms\n");
}

BOOST_AUTO_TEST_CASE(a_hop_that_was_never_tried_is_left_out) {
    BOOST_TEST(lines({.hops = {hop(1, {answer("192.0.2.1", 1000)}, 1), hop(2, {}, 0)}}, false) ==
               " 1  192.0.2.1  1.000 ms\n");
}

BOOST_AUTO_TEST_CASE(the_reason_to_stop_comes_last) {
    BOOST_TEST(to_traceroute_text(trace({path(0, {""}, false)}, StopReason::gap_limit)) ==
               "traceroute to www.example.net (192.0.2.9)\n 1  *\nstop reason: gap_limit\n");
    Trace failed = trace({}, StopReason::error);
    failed.target = {.host = "nowhere.example", .address = {}};
    failed.error = "the name does not exist";
    BOOST_TEST(to_traceroute_text(failed) ==
               "traceroute to nowhere.example\nstop reason: error: the name does not exist\n");
}

BOOST_AUTO_TEST_CASE(each_different_path_stands_once) {
    auto const text = to_traceroute_text(trace({path(0, {"192.0.2.1", "192.0.2.2", "192.0.2.9"}),
                                                path(1, {"192.0.2.1", "192.0.2.3", "192.0.2.9"}),
                                                path(2, {"192.0.2.1", "192.0.2.2", "192.0.2.9"})}),
                                         {.names = false});
    BOOST_TEST(text ==
               "traceroute to www.example.net (192.0.2.9)\n"
               "path 1 of 2: flows 0, 2, source ports 24000, 24002\n"
               " 1  192.0.2.1  1.000 ms\n 2  192.0.2.2  1.000 ms\n 3  192.0.2.9  1.000 ms\n"
               "path 2 of 2: flow 1, source port 24001\n"
               " 1  192.0.2.1  1.000 ms\n 2  192.0.2.3  1.000 ms\n 3  192.0.2.9  1.000 ms\n");
}

BOOST_AUTO_TEST_CASE(silence_makes_no_difference_and_is_filled_from_other_flows) {
    auto const text = to_traceroute_text(
        trace({path(0, {"192.0.2.1", "", "192.0.2.9"}), path(1, {"", "192.0.2.2", "192.0.2.9"}),
               path(2, {"192.0.2.1", "", "", ""}, false)}),
        {.names = false});
    BOOST_TEST(text ==
               "traceroute to www.example.net (192.0.2.9)\n"
               "path 1 of 1: flows 0-2, source ports 24000-24002\n"
               " 1  192.0.2.1  1.000 ms\n 2  192.0.2.2  1.000 ms\n 3  192.0.2.9  1.000 ms\n");
}

BOOST_AUTO_TEST_CASE(paths_of_unequal_length_differ) {
    auto const text = to_traceroute_text(
        trace({path(0, {"192.0.2.1", "192.0.2.9"}), path(1, {"192.0.2.1", "", "192.0.2.9"})}),
        {.names = false});
    BOOST_TEST(text.find("path 2 of 2: flow 1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(icmp_flows_are_named_by_their_checksum) {
    Path first{.flow = 0, .icmp_checksum = 0x00AB, .reached = true, .hops = {hop(1, {}, 1)}};
    Path second{.flow = 1, .icmp_checksum = 0xBEEF, .reached = true, .hops = {hop(1, {}, 1)}};
    BOOST_TEST(to_traceroute_text(trace({first, second})) ==
               "traceroute to www.example.net (192.0.2.9)\n"
               "path 1 of 1: flows 0-1, checksum 00ab, beef\n 1  *\n");
}

BOOST_AUTO_TEST_SUITE_END()
