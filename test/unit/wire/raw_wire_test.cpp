#include "child.hpp"
#include "crafted_packet.hpp"
#include "io_fixture.hpp"
#include "log_capture.hpp"
#include "private_network.hpp"

#include <dtrace/wire/privileges.hpp>
#include <dtrace/wire/raw_wire.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/test/unit_test.hpp>

#include <netinet/in.h>

using namespace dtrace;
using namespace dtrace::wire;
using test::CraftedPacket;
using Kind = CraftedPacket::Kind;
namespace asio = boost::asio;

namespace {

/// A reply with bytes of its own.
struct Received {
    std::vector<unsigned> bytes;
    unsigned protocol = 0;
    IpAddress source;
    unsigned hop_limit = 0;
    TimePoint received;

    explicit Received(Datagram const& packet)
        : protocol(packet.protocol),
          source(packet.source),
          hop_limit(packet.hop_limit),
          received(packet.received) {
        for (std::byte byte : packet.bytes)
            bytes.push_back(std::to_integer<unsigned>(byte));
    }
    unsigned half(std::size_t at) const { return bytes.at(at) << 8 | bytes.at(at + 1); }
};

struct RawWireFixture : test::PrivateNetwork, test::IoFixture {
    test::LogCapture log;
    std::unique_ptr<RawWire> wire;
    std::vector<Received> replies;
    std::uint32_t dropped = 0;

    void open(RawWireOptions options = {}) {
        auto opened = RawWire::open(io.get_executor(), options, log);
        BOOST_REQUIRE_MESSAGE(opened, opened.error().message);
        wire = std::move(*opened);
    }

    RawWireFixture() { open(); }

    SendOutcome send(std::vector<CraftedPacket> const& packets) {
        std::vector<OutgoingPacket> batch;
        for (auto const& packet : packets)
            batch.push_back(packet.outgoing());
        return wire->send(batch);
    }

    void receive(std::size_t count) {
        run([&]() -> asio::awaitable<void> {
            while (replies.size() < count) {
                auto const arrivals = co_await wire->receive();
                BOOST_REQUIRE_MESSAGE(arrivals, arrivals.error().message);
                BOOST_TEST(!arrivals->packets.empty());
                dropped += arrivals->dropped;
                for (auto const& packet : arrivals->packets)
                    replies.emplace_back(packet);
            }
        });
    }

    Received exchange(CraftedPacket const& packet) {
        replies.clear();
        SendOutcome const outcome = send({packet});
        BOOST_REQUIRE_MESSAGE(!outcome.failed, outcome.failed.message());
        BOOST_TEST(outcome.sent == 1u);
        receive(1);
        BOOST_TEST(replies.size() == 1u);
        return replies.front();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(raw_wire, RawWireFixture)

BOOST_AUTO_TEST_CASE(udp_v4_to_a_closed_port) {
    auto const reply = exchange({Family::ipv4, Kind::udp, 24001, 33434});
    BOOST_TEST(reply.protocol == IPPROTO_ICMP);
    BOOST_TEST(to_text(reply.source) == "127.0.0.1");
    BOOST_TEST(reply.hop_limit == 64u);
    BOOST_TEST(reply.bytes.at(0) == 0x45u);
    BOOST_TEST(reply.bytes.at(20) == 3u);       // destination unreachable
    BOOST_TEST(reply.bytes.at(21) == 3u);       // port unreachable
    BOOST_TEST(reply.half(28 + 4) == 0x1234u);  // the quoted packet is what we sent
    BOOST_TEST(reply.half(48) == 24001u);
    BOOST_TEST(reply.half(50) == 33434u);
}

BOOST_AUTO_TEST_CASE(udp_v6_to_a_closed_port) {
    auto const reply = exchange({Family::ipv6, Kind::udp, 24001, 33434});
    BOOST_TEST(reply.protocol == IPPROTO_ICMPV6);
    BOOST_TEST(to_text(reply.source) == "::1");
    BOOST_TEST(reply.hop_limit == 64u);
    BOOST_TEST(reply.bytes.at(0) == 1u);  // from the ICMPv6 header on
    BOOST_TEST(reply.bytes.at(1) == 4u);
    BOOST_TEST(reply.half(48) == 24001u);
    BOOST_TEST(reply.half(50) == 33434u);
}

BOOST_AUTO_TEST_CASE(tcp_to_a_closed_port) {
    auto const v4 = exchange({Family::ipv4, Kind::tcp_syn, 24002, 81});
    BOOST_TEST(v4.protocol == IPPROTO_TCP);
    BOOST_TEST(v4.half(20) == 81u);
    BOOST_TEST(v4.half(22) == 24002u);
    BOOST_TEST(v4.bytes.at(33) == 0x14u);  // RST, ACK

    auto const v6 = exchange({Family::ipv6, Kind::tcp_syn, 24002, 81});
    BOOST_TEST(v6.protocol == IPPROTO_TCP);
    BOOST_TEST(to_text(v6.source) == "::1");
    BOOST_TEST(v6.half(2) == 24002u);
    BOOST_TEST(v6.bytes.at(13) == 0x14u);
}

BOOST_AUTO_TEST_CASE(echo_is_answered_and_requests_are_not_seen) {
    auto const v4 = exchange({Family::ipv4, Kind::echo, 24321, 0x1111});
    BOOST_TEST(v4.bytes.at(20) == 0u);
    BOOST_TEST(v4.half(22) == 24321u + 0x0800u);
    BOOST_TEST(v4.half(24) == 0x1111u);
    auto const v6 = exchange({Family::ipv6, Kind::echo, 24321, 0x1111});
    BOOST_TEST(v6.bytes.at(0) == 129u);
    BOOST_TEST(v6.half(2) == 24321u - 0x0100u);
    BOOST_TEST(v6.half(4) == 0x1111u);
}

BOOST_AUTO_TEST_CASE(a_batch_may_mix_families) {
    std::vector<CraftedPacket> batch;
    for (Port i = 0; i < 10; ++i)
        batch.emplace_back(i % 3 == 0 ? Family::ipv6 : Family::ipv4, Kind::udp,
                           static_cast<Port>(24000 + i), 33434);
    auto const outcome = send(batch);
    BOOST_TEST(!outcome.failed);
    BOOST_TEST(outcome.sent == 10u);
    receive(10);
    std::vector<unsigned> ports;
    for (auto const& reply : replies)
        ports.push_back(reply.half(48));
    std::sort(ports.begin(), ports.end());
    for (unsigned i = 0; i < 10; ++i)
        BOOST_TEST(ports.at(i) == 24000 + i);
}

BOOST_AUTO_TEST_CASE(more_than_one_system_call_can_carry) {
    std::vector<CraftedPacket> const batch(1000, {Family::ipv4, Kind::echo, 24000, 1});
    auto const outcome = send(batch);
    BOOST_TEST(!outcome.failed);
    BOOST_TEST(outcome.sent == 1000u);
    receive(1000);
    BOOST_TEST(replies.size() == 1000u);
    BOOST_TEST(dropped == 0u);
}

BOOST_AUTO_TEST_CASE(after_a_burst_single_replies_are_heard_again) {
    for (int burst = 0; burst < 3; ++burst) {
        replies.clear();
        std::vector<CraftedPacket> const batch(300, {Family::ipv4, Kind::echo, 24000, 1});
        BOOST_TEST(send(batch).sent == 300u);
        receive(300);
        BOOST_TEST(replies.size() == 300u);
        for (int single = 0; single < 3; ++single)
            exchange({Family::ipv4, Kind::echo, 24001, 1});
    }
}

BOOST_AUTO_TEST_CASE(nothing_but_our_ports_is_received) {
    open({.ports = {24000, 24099}});
    BOOST_TEST(send({{Family::ipv4, Kind::udp, 24100, 33434},
                     {Family::ipv4, Kind::tcp_syn, 23999, 81},
                     {Family::ipv6, Kind::tcp_syn, 40000, 81},
                     {Family::ipv4, Kind::echo, 23999, 1},
                     {Family::ipv6, Kind::echo, 24100, 1},
                     {Family::ipv4, Kind::udp, 24050, 33434}})
                   .sent == 6u);
    receive(1);
    BOOST_TEST(replies.size() == 1u);
    BOOST_TEST(replies.front().half(48) == 24050u);
}

BOOST_AUTO_TEST_CASE(a_refused_packet_is_named_by_its_position) {
    CraftedPacket good{Family::ipv4, Kind::udp, 24001, 33434};
    CraftedPacket unroutable = good;
    unroutable.destination(parse<IpAddress>("192.0.2.1").value());
    auto outcome = send({good, good, unroutable, good});
    BOOST_TEST(outcome.sent == 2u);
    BOOST_TEST(outcome.failed == boost::system::errc::network_unreachable);

    CraftedPacket const too_long{Family::ipv4, Kind::udp, 24001, 33434, 2000};
    outcome = send({good, too_long, good});
    BOOST_TEST(outcome.sent == 1u);
    BOOST_TEST(outcome.failed == boost::system::errc::message_size);

    CraftedPacket const too_long_v6{Family::ipv6, Kind::udp, 24001, 33434, 2000};
    outcome = send({good, too_long_v6, good});
    BOOST_TEST(outcome.sent == 1u);
    BOOST_TEST(outcome.failed == boost::system::errc::message_size);

    CraftedPacket broadcast = good;
    broadcast.destination(IpV4::broadcast());
    BOOST_TEST(bool(send({broadcast}).failed));

    // None of this stays behind at the sockets.
    outcome = send({good, good});
    BOOST_TEST(outcome.sent == 2u);
    BOOST_TEST(!outcome.failed);
}

BOOST_AUTO_TEST_CASE(packets_carry_the_time_of_their_arrival) {
    // The kernel starts stamping a moment after the first socket asked for it: try until it does.
    bool stamped = false;
    for (int attempt = 0; attempt < 1000 && !stamped; ++attempt) {
        auto const before = Clock::now();
        send({{Family::ipv4, Kind::udp, 24001, 33434}, {Family::ipv6, Kind::udp, 24002, 33434}});
        auto const after = Clock::now();
        while (Clock::now() < after + milliseconds(5)) {
        }
        replies.clear();
        receive(2);
        stamped = true;
        for (auto const& reply : replies) {
            BOOST_TEST_REQUIRE((reply.received >= before - microseconds(20)));
            stamped = stamped && reply.received <= after + microseconds(20);
        }
    }
    BOOST_TEST(stamped);
}

BOOST_AUTO_TEST_CASE(what_our_sockets_lose_is_counted) {
    open({.receive_buffer = 1});
    BOOST_TEST(log.count(LogLevel::warn) == 0u);  // the kernel's minimum is more than one byte
    // UDP, because while there is no room the kernel counts before it filters, echo requests too.
    CraftedPacket const packet{Family::ipv4, Kind::udp, 24001, 33434};
    constexpr std::size_t sent = 2000;
    BOOST_TEST(send(std::vector(sent, packet)).sent == sent);
    receive(1);
    // The count comes with the first packet that is queued after the loss.
    std::size_t const before = replies.size();
    send({packet});
    receive(before + 1);
    BOOST_TEST(dropped > 0u);
    BOOST_TEST(replies.size() + dropped == sent + 1);
}

BOOST_AUTO_TEST_CASE(receiving_can_be_cancelled_and_taken_up_again) {
    asio::cancellation_signal stop;
    boost::system::error_code code;
    bool ended = false;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
            auto const arrivals = co_await wire->receive();
            BOOST_TEST(!arrivals);
            code = arrivals.error().code;
        },
        asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr failure) {
            ended = true;
            BOOST_TEST(!failure);
        }));
    io.poll();
    BOOST_TEST(!ended);
    stop.emit(asio::cancellation_type::terminal);
    io.poll();
    BOOST_TEST(ended);
    BOOST_TEST(code == asio::error::operation_aborted);
    io.restart();
    exchange({Family::ipv4, Kind::udp, 24001, 33434});
}

BOOST_AUTO_TEST_CASE(source_for_asks_the_routing_table) {
    BOOST_TEST(to_text(wire->source_for(IpV4::loopback()).value()) == "127.0.0.1");
    BOOST_TEST(!wire->source_for(parse<IpAddress>("192.0.2.1").value()));
}

BOOST_AUTO_TEST_CASE(without_the_capability_the_error_says_how_to_get_it) {
    std::string const said = test::in_child([&]() -> std::string {
        if (auto given_up = drop_privileges(KeepNetRaw::no); !given_up)
            return given_up.error().message;
        asio::io_context other;
        auto const opened = RawWire::open(other.get_executor(), {}, log);
        return opened ? "opened" : opened.error().message;
    });
    BOOST_TEST(said.starts_with("raw sockets need the capability CAP_NET_RAW: run it with sudo, or "
                                "grant it once with: sudo setcap cap_net_raw+ep /"),
               said);
}

BOOST_AUTO_TEST_CASE(a_small_buffer_is_a_warning_with_the_remedy) {
    std::string const said = test::in_child([&]() -> std::string {
        // Without CAP_NET_ADMIN the limit of net.core.rmem_max holds.
        if (auto given_up = drop_privileges(KeepNetRaw::yes); !given_up)
            return given_up.error().message;
        asio::io_context other;
        auto const opened = RawWire::open(other.get_executor(), {.receive_buffer = 1 << 30}, log);
        if (!opened) return opened.error().message;
        return std::to_string(log.count(LogLevel::warn)) + ' ' + log.text();
    });
    BOOST_TEST(said.starts_with("1 "), said);
    BOOST_TEST(said.find("asked=1073741824 granted=") != std::string::npos, said);
    BOOST_TEST(said.find("net.core.rmem_max") != std::string::npos, said);
}

BOOST_AUTO_TEST_SUITE_END()
