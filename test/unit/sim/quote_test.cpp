#include "simulation.hpp"

#include <dtrace/packet/ipv4.hpp>

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::test;

namespace {

/// A router with these members, and packets that expire there.
Simulation router_with(std::string const& members) {
    return Simulation(R"({"nodes": {
        "probe": {"host": true, "addresses": ["192.0.2.1", "2001:db8:1::1"]},
        "r": {"addresses": ["10.0.0.1", "2001:db8::1"])" +
                      members + R"(},
        "t": {"host": true, "addresses": ["198.51.100.9", "2001:db8:9::9"]}},
        "links": [{"nodes": ["probe", "r", "t"]}]})");
}

std::size_t ip_header(Family family) {
    return family == Family::ipv4 ? 20 : 40;
}

/// An echo request of this size in all.
std::vector<std::byte> large_packet(Family family, std::size_t size) {
    auto bytes = Simulation::packet_of(sample_flow(Method::icmp, family), 1);
    bytes.resize(size);
    if (family == Family::ipv6) {
        packet::ByteWriter(std::span(bytes).subspan(4)).u16(static_cast<std::uint16_t>(size - 40));
        return bytes;
    }
    auto header = packet::Ipv4Header::parse(bytes).value();
    header.total_length = static_cast<std::uint16_t>(size);
    packet::ByteWriter out(bytes);
    header.write(out);
    return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(quotes)

BOOST_AUTO_TEST_CASE(every_style_can_be_decoded_in_all_methods_and_families) {
    for (std::string const style : {"full", "minimal", "rfc4884", "rfc4884_legacy"}) {
        bool const with_labels = style.starts_with("rfc");
        auto sim = router_with(R"(, "quote": ")" + style + '"' +
                               (with_labels ? R"(, "labels": [{"label": 24001, "traffic_class": 5,
                                                  "ttl": 7}, {"label": 16}])"
                                            : ""));
        for (Method method : {Method::udp, Method::tcp, Method::icmp})
            for (Family family : {Family::ipv4, Family::ipv6}) {
                Flow const flow = sample_flow(method, family);
                auto const received = sim.send(flow, 1);
                BOOST_REQUIRE(received && received->reply);
                Reply const& reply = *received->reply;
                BOOST_TEST((reply.flow == flow));
                bool const complete =
                    style != "minimal" || method != Method::udp || family == Family::ipv4;
                BOOST_TEST(reply.tag.complete == complete);
                std::vector<MplsLabel> const labels{
                    {.label = 24001, .traffic_class = 5, .bottom = false, .ttl = 7},
                    {.label = 16, .traffic_class = 0, .bottom = true, .ttl = 1}};
                BOOST_TEST(
                    (reply.extensions.labels == (with_labels ? labels : std::vector<MplsLabel>{})));
            }
    }
}

BOOST_AUTO_TEST_CASE(styles_have_their_sizes) {
    for (Family family : {Family::ipv4, Family::ipv6}) {
        auto const header = ip_header(family);
        auto const outer = header + 8;
        auto const packet = Simulation::packet_of(sample_flow(Method::udp, family), 1);
        auto const size = [&](std::string const& members) {
            return router_with(members).send(packet)->bytes.size() - outer;
        };
        BOOST_TEST(size("") == packet.size());
        BOOST_TEST(size(R"(, "quote": "minimal")") == header + 8);
        BOOST_TEST(size(R"(, "quote": "rfc4884")") == packet.size());
        BOOST_TEST(size(R"(, "labels": [{"label": 1}])") == 128 + 12U);
        BOOST_TEST(size(R"(, "quote": "rfc4884_legacy", "labels": [{"label": 1}])") == 128 + 12U);
    }
}

BOOST_AUTO_TEST_CASE(errors_stay_below_their_limits) {
    for (Family family : {Family::ipv4, Family::ipv6}) {
        std::size_t const limit = family == Family::ipv4 ? 576 : 1280;
        for (std::size_t const size : {std::size_t{130}, std::size_t{600}, std::size_t{1400}}) {
            auto const large = large_packet(family, size);
            for (std::string const members :
                 {"", R"(, "labels": [{"label": 9}, {"label": 8}, {"label": 7}])",
                  R"(, "quote": "rfc4884_legacy", "labels": [{"label": 9}, {"label": 8},
                     {"label": 7}])"}) {
                auto const received = router_with(members).send(large);
                BOOST_REQUIRE(received && received->reply);
                BOOST_TEST(received->bytes.size() <= limit);
                BOOST_TEST(received->reply->extensions.labels.size() ==
                           (members.empty() ? 0U : 3U));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(sample_tunnels_show_as_they_are_described) {
    for (Family family : {Family::ipv4, Family::ipv6}) {
        Simulation sim(scenario("mpls"));
        auto const at = [&](Ttl ttl) {
            return sim.send(sample_flow(Method::udp, family), ttl)->reply.value();
        };
        BOOST_TEST(at(1).extensions.labels.empty());
        BOOST_TEST(at(2).extensions.labels.at(0).label == 24001U);
        BOOST_TEST(at(3).extensions.labels.size() == 2U);
        BOOST_TEST(at(4).extensions.labels.at(0).label == 24003U);
        BOOST_TEST(at(5).extensions.labels.empty());
        BOOST_TEST(int{at(5).quoted_ttl.value()} == 4);
        BOOST_TEST(int{at(6).quoted_ttl.value()} == 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()
