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

BOOST_AUTO_TEST_CASE(what_a_burst_lost_at_its_end_is_known_without_another_packet) {
    for (Family const family : both_families) {
        for (Kind const kind : request_kinds) {
            CraftedPacket packet(family, kind, 24001, 33434, 1000);
            packet.hops_left(1);
            std::vector<OutgoingPacket> const batch(64, packet.outgoing());
            std::size_t sent = 0;
            while (sent < 12'000) {  // more than the buffer holds
                auto const outcome = wire->send(batch);
                BOOST_REQUIRE((outcome.sent > 0 || outcome.failed == asio::error::would_block));
                sent += outcome.sent;
            }
            std::size_t heard = 0, lost = 0;
            for (bool more = true; more;) {
                auto const arrivals = listener->look();
                BOOST_REQUIRE(arrivals.has_value());
                heard += arrivals->packets.size();
                lost += arrivals->dropped;
                more = !arrivals->packets.empty();
            }
            BOOST_TEST(heard > 0U);
            BOOST_TEST(lost > 0U);
        }
    }
}

BOOST_AUTO_TEST_CASE(damaged_icmp_v6_is_not_taken_for_what_found_no_room) {
    CraftedPacket const packet(Family::ipv6, Kind::echo, 24001, 33434);
    auto damaged = packet.outgoing();
    std::vector<std::byte> bytes(damaged.bytes.begin(), damaged.bytes.end());
    bytes.back() ^= std::byte{1};
    damaged.bytes = bytes;
    for (int i = 0; i < 100; ++i)
        BOOST_REQUIRE(wire->send(std::array{damaged}).sent == 1U);
    send(Family::ipv6, Kind::echo, 24001, 1);
    std::size_t heard = 0;
    while (heard == 0) {
        auto const arrivals = listener->look();
        BOOST_REQUIRE(arrivals.has_value());
        BOOST_TEST(arrivals->dropped == 0U);
        heard += arrivals->packets.size();
    }
    BOOST_TEST(listener->look()->dropped == 0U);
}

BOOST_AUTO_TEST_CASE(what_was_looked_at_does_not_keep_others_from_being_waited_for) {
    run([&]() -> asio::awaitable<void> {
        for (int round = 0; round < 3; ++round) {
            for (int i = 0; i < 100; ++i)
                send(Family::ipv4, Kind::udp, 24001, 1);
            std::size_t looked = 0;
            while (looked < 100) {
                auto const arrivals = listener->look();
                BOOST_REQUIRE(arrivals.has_value());
                looked += arrivals->packets.size();
            }
            send(Family::ipv4, Kind::udp, 24002, 1);
            auto const arrivals = co_await listener->receive();
            BOOST_REQUIRE(arrivals.has_value());
            BOOST_TEST(arrivals->packets.size() == 1U);
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
