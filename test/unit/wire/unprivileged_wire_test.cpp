#include "child.hpp"
#include "crafted_packet.hpp"
#include "io_fixture.hpp"
#include "log_capture.hpp"
#include "private_network.hpp"

#include <dtrace/wire/open_wire.hpp>
#include <dtrace/wire/privileges.hpp>
#include <dtrace/wire/unprivileged_wire.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace dtrace;
using namespace dtrace::wire;
using test::CraftedPacket;
using Kind = CraftedPacket::Kind;
namespace asio = boost::asio;

namespace {

struct UnprivilegedWireFixture : test::PrivateNetwork, test::IoFixture {
    std::unique_ptr<UnprivilegedWire> wire;

    UnprivilegedWireFixture() { open({}); }

    void open(UnprivilegedWireOptions options) {
        wire = *UnprivilegedWire::open(io.get_executor(), options);
    }

    static void allow_ping(char const* groups) {
        std::ofstream("/proc/sys/net/ipv4/ping_group_range") << groups << std::flush;
    }

    /// The first try of a port opens its socket.
    boost::system::error_code send(CraftedPacket const& packet) {
        auto const outgoing = packet.outgoing();
        auto outcome = wire->send({&outgoing, 1});
        if (outcome.failed == asio::error::would_block) outcome = wire->send({&outgoing, 1});
        return outcome.failed;
    }

    /// The bytes of the next reply, its source and hop limit checked.
    std::vector<unsigned> receive(Family family) {
        std::vector<unsigned> bytes;
        run([&]() -> asio::awaitable<void> {
            auto const before = Clock::now();
            auto const arrivals = co_await wire->receive();
            BOOST_REQUIRE_MESSAGE(arrivals, arrivals.error().message);
            BOOST_REQUIRE_EQUAL(arrivals->packets.size(), 1U);
            auto const& packet = arrivals->packets.front();
            for (std::byte byte : packet.bytes)
                bytes.push_back(std::to_integer<unsigned>(byte));
            bool const v4 = family == Family::ipv4;
            BOOST_TEST(to_text(packet.source) == (v4 ? "127.0.0.1" : "::1"));
            BOOST_TEST(packet.hop_limit == 64);
            BOOST_TEST(packet.protocol == (v4 ? 1 : 58));
            BOOST_TEST((packet.received > before - seconds(5)));
            BOOST_TEST((packet.received <= Clock::now()));
        });
        return bytes;
    }
};

unsigned word_at(std::vector<unsigned> const& bytes, std::size_t at) {
    return bytes.at(at) << 8 | bytes.at(at + 1);
}

constexpr std::array families{Family::ipv4, Family::ipv6};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(unprivileged_wire, UnprivilegedWireFixture)

BOOST_AUTO_TEST_CASE(a_closed_udp_port_quotes_what_was_handed_over) {
    for (Family const family : families) {
        CraftedPacket const packet(family, Kind::udp, 24001, 33434, 6);
        BOOST_REQUIRE(!send(packet));
        auto const bytes = receive(family);
        bool const v4 = family == Family::ipv4;
        BOOST_TEST(bytes[v4 ? 20 : 0] == (v4 ? 3U : 1U));
        BOOST_TEST(bytes[v4 ? 21 : 1] == (v4 ? 3U : 4U));
        auto const given = packet.outgoing().bytes;
        std::size_t const quote = v4 ? 28 : 8, ttl_at = v4 ? 8 : 7;
        for (std::size_t i = 0; i < given.size(); ++i) {
            if (i == ttl_at) continue;
            BOOST_TEST(bytes.at(quote + i) == std::to_integer<unsigned>(given[i]), i);
        }
    }
}

BOOST_AUTO_TEST_CASE(packets_of_one_flow_are_told_apart) {
    // Their checksums, and so their tokens, differ by the payload's length.
    CraftedPacket const first(Family::ipv4, Kind::udp, 24002, 33434, 6);
    CraftedPacket const second(Family::ipv4, Kind::udp, 24002, 33434, 8);
    BOOST_REQUIRE(!send(first));
    BOOST_TEST(word_at(receive(Family::ipv4), 28 + 2) == 34U);
    BOOST_REQUIRE(!send(second));
    BOOST_TEST(word_at(receive(Family::ipv4), 28 + 2) == 36U);
}

BOOST_AUTO_TEST_CASE(a_udp_packet_has_room_for_its_token) {
    BOOST_TEST(UnprivilegedWire::udp_bytes_sent(20 + 8 + 2, Family::ipv4) == 32U);
    BOOST_TEST(UnprivilegedWire::udp_bytes_sent(20 + 8 + 6, Family::ipv4) == 34U);
    BOOST_TEST(UnprivilegedWire::udp_bytes_sent(40 + 8 + 4, Family::ipv6) == 52U);
    BOOST_TEST(UnprivilegedWire::udp_bytes_sent(40 + 8, Family::ipv6) == 52U);
}

BOOST_AUTO_TEST_CASE(echo_requests_keep_their_checksum_and_identity) {
    allow_ping("0 2147483647");
    for (Family const family : families) {
        bool const v4 = family == Family::ipv4;
        BOOST_REQUIRE(!send({family, Kind::echo, 24321, 0x1111, 2}));
        auto const bytes = receive(family);
        std::size_t const at = v4 ? 20 : 0;
        BOOST_TEST(bytes.at(at) == (v4 ? 0U : 129U));
        BOOST_TEST(word_at(bytes, at + 2) == (v4 ? 24321U + 0x0800U : 24321U - 0x0100U));
        BOOST_TEST(word_at(bytes, at + 4) == 0x1111U);
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_allowed_is_refused_with_advice) {
    allow_ping("1 0");
    auto const ping = send({Family::ipv4, Kind::echo, 24321, 0x1111, 2});
    BOOST_TEST(ping == make_error_code(UnprivilegedFault::ping_forbidden));
    BOOST_TEST(ping.message().find("net.ipv4.ping_group_range") != std::string::npos);
    auto const tcp = send({Family::ipv4, Kind::tcp_syn, 24002, 80});
    BOOST_TEST(tcp == make_error_code(UnprivilegedFault::unsupported));
    BOOST_TEST(tcp.message().find("CAP_NET_RAW") != std::string::npos);
    BOOST_TEST(tcp.message().find("--method udp") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_port_of_another_program_is_named) {
    auto const mine = std::exchange(wire, nullptr);
    CraftedPacket const packet(Family::ipv4, Kind::udp, 24003, 33434, 6);
    auto const outgoing = packet.outgoing();
    BOOST_TEST(mine->send({&outgoing, 1}).failed == asio::error::would_block);
    open({});
    BOOST_TEST(send(packet) == make_error_code(UnprivilegedFault::port_taken));
}

BOOST_AUTO_TEST_CASE(sockets_are_bounded_and_flows_wait_for_them) {
    open({.sockets = 2, .reply_wait = seconds(10), .packets = 10});
    BOOST_REQUIRE(!send({Family::ipv4, Kind::udp, 24004, 33434, 6}));
    BOOST_REQUIRE(!send({Family::ipv4, Kind::udp, 24005, 33434, 6}));
    BOOST_TEST(send({Family::ipv4, Kind::udp, 24006, 33434, 6}) == asio::error::would_block);
    BOOST_TEST(!send({Family::ipv4, Kind::udp, 24005, 33434, 8}));
}

BOOST_AUTO_TEST_CASE(a_batch_stops_at_what_was_refused) {
    CraftedPacket const good(Family::ipv4, Kind::udp, 24007, 33434, 6);
    CraftedPacket const syn(Family::ipv4, Kind::tcp_syn, 24008, 80);
    BOOST_REQUIRE(!send(good));
    std::vector<OutgoingPacket> const batch{good.outgoing(), syn.outgoing(), good.outgoing()};
    auto const outcome = wire->send(batch);
    BOOST_TEST(outcome.sent == 1U);
    BOOST_TEST(outcome.failed == make_error_code(UnprivilegedFault::unsupported));
    OutgoingPacket const broken{good.outgoing().bytes.first(27), good.outgoing().destination};
    BOOST_TEST(wire->send({&broken, 1}).failed == asio::error::invalid_argument);
}

BOOST_AUTO_TEST_CASE(waiting_can_be_cancelled) {
    asio::cancellation_signal signal;
    bool cancelled = false;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
            co_await asio::this_coro::throw_if_cancelled(false);
            auto const arrivals = co_await wire->receive();
            cancelled =
                arrivals.has_error() && arrivals.error().code == asio::error::operation_aborted;
        },
        asio::bind_cancellation_slot(signal.slot(), [](std::exception_ptr) {}));
    io.poll();
    signal.emit(asio::cancellation_type::terminal);
    io.restart();
    io.poll();
    BOOST_TEST(cancelled);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(open_wire_choice)

BOOST_AUTO_TEST_CASE(it_depends_on_the_capability_and_is_logged) {
    test::LogCapture log;
    asio::io_context io;
    auto const with = open_wire(io.get_executor(), WireKind::automatic, 0, log);
    BOOST_REQUIRE_MESSAGE(with, with.error().message);
    BOOST_TEST((with->kind == WireKind::raw));
    BOOST_TEST(log.find("wire opened").value().field("wire") == "raw");
    BOOST_TEST(test::in_child([] {
                   if (!drop_privileges(KeepNetRaw::no)) return std::string("not dropped");
                   test::LogCapture said;
                   asio::io_context context;
                   auto const without =
                       open_wire(context.get_executor(), WireKind::automatic, 0, said);
                   if (!without) return without.error().message;
                   auto const forced = open_wire(context.get_executor(), WireKind::raw, 0, said);
                   return std::string(to_text(without->kind)) + " " +
                          said.find("wire opened").value().field("why") + " " +
                          (forced ? "forced" : forced.error().message.substr(0, 16));
               }) == "unprivileged CAP_NET_RAW is missing raw sockets need");
}

BOOST_AUTO_TEST_SUITE_END()
