#include "crafted_packet.hpp"
#include "io_fixture.hpp"
#include "log_capture.hpp"
#include "private_network.hpp"

#include <dtrace/wire/request_listener.hpp>

#include <boost/test/unit_test.hpp>

#include <netinet/in.h>

#include <set>

using namespace dtrace;
using namespace dtrace::wire;
using test::CraftedPacket;
using Kind = CraftedPacket::Kind;
namespace asio = boost::asio;

namespace {

struct RequestListenerFixture : test::PrivateNetwork, test::IoFixture {
    test::LogCapture log;
    std::unique_ptr<RawWire> wire = RawWire::open(io.get_executor(), {}, log).value();
    std::unique_ptr<RequestListener> listener =
        open_request_listener(io.get_executor(), {}, log).value();

    void send(Family family, Kind kind, std::uint16_t id, std::uint8_t hops) {
        CraftedPacket packet(family, kind, id, 33434);
        packet.hops_left(hops);
        std::array const batch{packet.outgoing()};
        BOOST_REQUIRE(wire->send(batch).sent == 1U);
    }
};

constexpr std::array both_families{Family::ipv4, Family::ipv6};
constexpr std::array request_kinds{Kind::udp, Kind::tcp_syn, Kind::echo};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(request_listener, RequestListenerFixture)

BOOST_AUTO_TEST_CASE(it_hears_what_comes_with_its_last_hop_and_nothing_else) {
    std::set<std::pair<int, std::string>> expected;
    for (Family const family : both_families) {
        for (Kind const kind : request_kinds) {
            send(family, kind, 24001, 2);
            send(family, kind, 24001, 64);
            send(family, kind, 23999, 1);
            send(family, kind, 32768, 1);
            send(family, kind, 24001, 1);
        }
        auto const own = family == Family::ipv4 ? "127.0.0.1" : "::1";
        expected.insert({{IPPROTO_UDP, own}, {IPPROTO_TCP, own}});
        expected.emplace(family == Family::ipv4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6}, own);
    }
    std::multiset<std::pair<int, std::string>> heard;
    run([&]() -> asio::awaitable<void> {
        while (heard.size() < expected.size()) {
            auto const arrivals = co_await listener->receive();
            BOOST_REQUIRE(arrivals.has_value());
            BOOST_TEST(arrivals->dropped == 0U);
            for (auto const& packet : arrivals->packets) {
                BOOST_TEST(int{packet.hop_limit} == 1);
                BOOST_TEST(packet.source.is_loopback());
                if (packet.source.is_v6()) BOOST_TEST(packet.destination.is_loopback());
                heard.emplace(packet.protocol, packet.source.to_string());
            }
        }
    });
    BOOST_TEST((heard == std::multiset(expected.begin(), expected.end())));
}

BOOST_AUTO_TEST_SUITE_END()
