#include "listener.hpp"
#include "simulation.hpp"

#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/tcp.hpp>

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::test;
using packet::tcp_ack;
using packet::tcp_rst;
using packet::tcp_syn;

namespace {

/// A segment from the probe to port 80 of the target.
std::vector<std::byte> segment(std::uint32_t sequence, std::uint8_t flags,
                               std::uint32_t acknowledgment = 0, Port source_port = 24000) {
    std::vector<std::byte> bytes(40);
    packet::ByteWriter out(bytes);
    auto const source = ip("192.0.2.1");
    auto const destination = ip("198.51.100.9");
    packet::Ipv4Header{.total_length = 40,
                       .id = 1,
                       .ttl = 64,
                       .protocol = packet::protocol_tcp,
                       .source = source.to_v4(),
                       .destination = destination.to_v4()}
        .write(out);
    packet::TcpHeader{.source_port = source_port,
                      .destination_port = 80,
                      .sequence = sequence,
                      .acknowledgment = acknowledgment,
                      .flags = flags}
        .write(out);
    auto const transport = std::span(bytes).subspan(20);
    packet::ByteWriter(transport.subspan(16))
        .u16(packet::complement(
            packet::sum_words(transport) +
            packet::pseudo_header_sum(source, destination, packet::protocol_tcp, 20)));
    return bytes;
}

packet::TcpHeader tcp_of(std::optional<Received> const& received) {
    BOOST_REQUIRE(received);
    return packet::TcpHeader::parse(packet::ByteView(received->bytes).subspan(20)).value();
}

struct OpenPort : Simulation {
    OpenPort() : Simulation(scenario("chain10")) {}
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(half_open_connections, OpenPort)

BOOST_AUTO_TEST_CASE(the_first_syn_gets_syn_ack_and_so_does_its_repetition) {
    auto const first = tcp_of(send(segment(1000, tcp_syn)));
    BOOST_TEST(int{first.flags} == (tcp_syn | tcp_ack));
    BOOST_TEST(first.acknowledgment == 1001U);
    auto const again = tcp_of(send(segment(1000, tcp_syn)));
    BOOST_TEST(int{again.flags} == (tcp_syn | tcp_ack));
    BOOST_TEST(again.sequence == first.sequence);
}

BOOST_AUTO_TEST_CASE(a_syn_with_another_sequence_number_gets_no_syn_ack) {
    auto const first = tcp_of(send(segment(1000, tcp_syn)));
    for (std::uint32_t const other : {1001U, 999U, 0x80000000U}) {
        auto const challenge = tcp_of(send(segment(other, tcp_syn)));
        BOOST_TEST(int{challenge.flags} == tcp_ack);
        BOOST_TEST(challenge.sequence == first.sequence + 1);
        BOOST_TEST(challenge.acknowledgment == 1001U);
    }
    BOOST_TEST(int{tcp_of(send(segment(7, tcp_syn, 0, 24001))).flags} == (tcp_syn | tcp_ack));
}

BOOST_AUTO_TEST_CASE(a_reset_in_the_window_clears_and_another_does_not) {
    BOOST_TEST(int{tcp_of(send(segment(1000, tcp_syn))).flags} == (tcp_syn | tcp_ack));
    BOOST_TEST(!send(segment(900, tcp_rst)));
    BOOST_TEST(int{tcp_of(send(segment(2000, tcp_syn))).flags} == tcp_ack);
    BOOST_TEST(!send(segment(1001, tcp_rst)));
    auto const fresh = tcp_of(send(segment(2000, tcp_syn)));
    BOOST_TEST(int{fresh.flags} == (tcp_syn | tcp_ack));
    BOOST_TEST(fresh.acknowledgment == 2001U);
}

BOOST_AUTO_TEST_CASE(a_half_open_connection_is_given_up_in_the_end) {
    send(segment(1000, tcp_syn));
    now += seconds(62);
    BOOST_TEST(int{tcp_of(send(segment(2000, tcp_syn))).flags} == tcp_ack);
    now += seconds(2);
    BOOST_TEST(int{tcp_of(send(segment(2000, tcp_syn))).flags} == (tcp_syn | tcp_ack));
}

BOOST_AUTO_TEST_CASE(a_completed_connection_is_closed_with_a_reset) {
    auto const first = tcp_of(send(segment(1000, tcp_syn)));
    auto const closed = tcp_of(send(segment(1001, tcp_ack, first.sequence + 1)));
    BOOST_TEST(int{closed.flags} == tcp_rst);
    BOOST_TEST(closed.sequence == first.sequence + 1);
    BOOST_TEST(int{tcp_of(send(segment(5, tcp_syn))).flags} == (tcp_syn | tcp_ack));
}

BOOST_AUTO_TEST_CASE(what_belongs_to_no_connection_is_reset) {
    auto const reset = tcp_of(send(segment(1000, tcp_ack, 4242)));
    BOOST_TEST(int{reset.flags} == tcp_rst);
    BOOST_TEST(reset.sequence == 4242U);
    BOOST_TEST(!send(segment(1000, tcp_rst)));
}

BOOST_AUTO_TEST_CASE(replies_have_true_checksums_and_fit_the_encoder) {
    auto const received = send(sample_flow(Method::tcp), 30);
    BOOST_REQUIRE(received && received->reply);
    auto const transport = packet::ByteView(received->bytes).subspan(20);
    auto const sum =
        packet::sum_words(transport) +
        packet::pseudo_header_sum(ip("198.51.100.9"), ip("192.0.2.1"), packet::protocol_tcp,
                                  static_cast<std::uint32_t>(transport.size()));
    BOOST_TEST(packet::fold(sum) == 0xFFFF);
    BOOST_TEST((received->reply->flow == sample_flow(Method::tcp)));
    packet::FlowEncoder const encoder(sample_flow(Method::tcp), packet::Secret{});
    BOOST_TEST(int{packet::unseal(received->reply->tag.value, encoder.mask()).ttl} == 30);
}

BOOST_AUTO_TEST_CASE(the_listener_is_bounded) {
    sim::Listener listener;
    TimePoint const begin{seconds(5)};
    packet::TcpHeader const syn{.sequence = 1, .flags = tcp_syn};
    auto const knock = [&](std::uint32_t client, TimePoint at) {
        return listener.answer({.client = {.high = 0, .low = client}, .server = {}}, syn, 9, at);
    };
    for (std::uint32_t client = 0; client < 70'000; ++client)
        knock(client, begin);
    BOOST_TEST(listener.half_open() == 65536U);
    BOOST_TEST(!knock(80'000, begin));
    BOOST_TEST(knock(80'000, begin + seconds(64)).has_value());
    BOOST_TEST(listener.half_open() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
