#include "../sim/simulation.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/demo/sim_wire.hpp>

#include <boost/test/unit_test.hpp>

#include <io_fixture.hpp>

using namespace dtrace;
using namespace dtrace::test;
using demo::SimWire;
using demo::SimWireOptions;
namespace asio = boost::asio;

namespace {

struct WireFixture : IoFixture {
    sim::Network network{scenario("chain10"), 1, Clock::now()};

    /// Sends these packets and receives until so many replies are there.
    asio::awaitable<std::vector<Reply>> exchange(SimWire& wire,
                                                 std::vector<std::vector<std::byte>> packets,
                                                 std::size_t expected) {
        std::vector<wire::OutgoingPacket> batch;
        for (auto const& packet : packets)
            batch.push_back({packet, {}});
        sent_at = Clock::now();
        BOOST_TEST(wire.send(batch).sent == packets.size());
        sent_by = Clock::now();
        std::vector<Reply> replies;
        dropped = 0;
        while (replies.size() + dropped < expected) {
            auto const arrivals = co_await wire.receive();
            BOOST_REQUIRE(arrivals);
            dropped += arrivals->dropped;
            for (auto const& it : arrivals->packets) {
                auto const reply = packet::decode_reply(it);
                BOOST_REQUIRE(reply);
                BOOST_TEST((it.received <= Clock::now()));
                replies.push_back(*reply);
            }
        }
        co_return replies;
    }

    TimePoint sent_at, sent_by;  ///< the packets left between these
    std::uint32_t dropped = 0;
};

std::vector<std::vector<std::byte>> many(std::size_t count, Method method, Ttl ttl) {
    std::vector<std::vector<std::byte>> packets;
    for (std::size_t i = 0; i < count; ++i)
        packets.push_back(Simulation::packet_of(
            sample_flow(method, Family::ipv4, static_cast<std::uint16_t>(20000 + i)), ttl));
    return packets;
}

/// One packet of the flow for each TTL. No list in braces: GCC 12 cannot have one in a coroutine.
template <class... Ttls>
std::vector<std::vector<std::byte>> with_ttls(Flow const& flow, Ttls... ttls) {
    std::vector<std::vector<std::byte>> packets;
    (packets.push_back(Simulation::packet_of(flow, static_cast<Ttl>(ttls))), ...);
    return packets;
}

std::vector<Flow> all_kinds_of_flow() {
    std::vector<Flow> flows;
    for (Family family : {Family::ipv4, Family::ipv6})
        for (Method method : {Method::udp, Method::tcp, Method::icmp})
            flows.push_back(sample_flow(method, family));
    return flows;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sim_wire, WireFixture)

BOOST_AUTO_TEST_CASE(replies_of_both_families_arrive_at_their_time) {
    run([&]() -> asio::awaitable<void> {
        SimWire wire(io.get_executor(), network);
        for (Flow const& flow : all_kinds_of_flow()) {
            auto const packets = with_ttls(flow, 3);
            auto const replies = co_await exchange(wire, packets, 1);
            BOOST_TEST((replies.at(0).received >= sent_at + milliseconds(3)));
            BOOST_TEST((replies.at(0).received <= sent_by + milliseconds(3)));
            BOOST_TEST((replies[0].flow == flow));
        }
    });
}

BOOST_AUTO_TEST_CASE(shorter_ways_answer_first) {
    run([&]() -> asio::awaitable<void> {
        SimWire wire(io.get_executor(), network);
        auto const flow = sample_flow();
        auto const packets = with_ttls(flow, 5, 1);
        auto const replies = co_await exchange(wire, packets, 2);
        BOOST_TEST(replies.at(0).outer.from == ip("10.0.0.1"));
        BOOST_TEST(replies.at(1).outer.from == ip("10.0.0.5"));
    });
}

BOOST_AUTO_TEST_CASE(the_host_resets_what_it_did_not_open) {
    run([&]() -> asio::awaitable<void> {
        SimWire wire(io.get_executor(), network);
        for (int i = 0; i < 2; ++i) {
            auto const packets = with_ttls(sample_flow(Method::tcp), 30);
            auto const replies = co_await exchange(wire, packets, 1);
            BOOST_TEST((replies.at(0).kind == ReplyKind::syn_ack));
        }
        BOOST_TEST(network.truth().packets == 4U);
    });
}

BOOST_AUTO_TEST_CASE(duplicates_reordering_and_drops_happen_when_asked_for) {
    run([&]() -> asio::awaitable<void> {
        SimWireOptions doubling, delaying, dropping;
        doubling.duplicate = 1;
        delaying.reorder = 0.5;
        dropping.receiver_drop = 0.5;
        SimWire twice(io.get_executor(), network, doubling);
        auto const doubled = co_await exchange(twice, many(20, Method::udp, 2), 40);
        BOOST_TEST(doubled.size() == 40U);

        SimWire late(io.get_executor(), network, delaying);
        auto const replies = co_await exchange(late, many(50, Method::udp, 2), 50);
        BOOST_TEST((replies.front().received <= sent_by + milliseconds(2)));
        BOOST_TEST((replies.back().received >= sent_at + milliseconds(7)));

        SimWire losing(io.get_executor(), network, dropping);
        auto const half = co_await exchange(losing, many(100, Method::udp, 2), 100);
        BOOST_TEST(half.size() + dropped == 100U);
        BOOST_TEST(dropped > 20U);
        BOOST_TEST(half.size() > 20U);
    });
}

BOOST_AUTO_TEST_CASE(buffers_have_their_limits) {
    run([&]() -> asio::awaitable<void> {
        SimWireOptions options;
        options.receive_buffer = 5;
        options.send_buffer = 30;
        SimWire small(io.get_executor(), network, options);
        auto const packets = many(40, Method::udp, 1);
        std::vector<wire::OutgoingPacket> batch;
        for (auto const& packet : packets)
            batch.push_back({packet, {}});
        auto const outcome = small.send(batch);
        BOOST_TEST(outcome.sent == 30U);
        BOOST_TEST((outcome.failed == boost::asio::error::would_block));
        auto const arrivals = co_await small.receive();
        BOOST_REQUIRE(arrivals);
        BOOST_TEST(arrivals->packets.size() + arrivals->dropped == 30U);
        BOOST_TEST(arrivals->packets.size() == 5U);
    });
}

BOOST_AUTO_TEST_CASE(receiving_can_be_cancelled_and_taken_up_again) {
    run([&]() -> asio::awaitable<void> {
        SimWire wire(io.get_executor(), network);
        auto const nothing =
            co_await async::with_deadline(Clock::now() + milliseconds(2), wire.receive());
        BOOST_TEST((nothing.error().code == boost::system::errc::timed_out));
        auto const replies = co_await exchange(wire, many(1, Method::udp, 1), 1);
        BOOST_TEST(replies.size() == 1U);
    });
}

BOOST_AUTO_TEST_CASE(the_source_is_the_probes_address) {
    SimWire wire(io.get_executor(), network);
    BOOST_TEST(wire.source_for(ip("198.51.100.9")).value() == ip("192.0.2.1"));
    BOOST_TEST(wire.source_for(ip("2001:db8:9::9")).value() == ip("2001:db8:1::1"));
}

BOOST_AUTO_TEST_SUITE_END()
