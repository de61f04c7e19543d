#include "parcel.hpp"
#include "simulation.hpp"

#include <dtrace/packet/ipv4.hpp>

#include <boost/test/unit_test.hpp>

#include <random>

using namespace dtrace;
using namespace dtrace::test;

namespace {

std::string const everything = R"({"return_path": "routed", "nodes": {
    "probe": {"host": true, "addresses": ["192.0.2.1", "2001:db8:1::1"]},
    "home": {"addresses": ["10.0.0.1", "2001:db8::1"],
             "source_nat": {"inside": "192.0.2.0/24", "address": "203.0.113.7"}},
    "r": {"addresses": ["10.0.0.2", "2001:db8::2"], "labels": [{"label": 5}],
          "destination_nat": {"address": "198.51.100.9", "to": "172.16.0.9"}},
    "s": {"addresses": ["10.0.0.3", "2001:db8::3"], "quote": "minimal", "quoted_ttl": 9},
    "t": {"host": true, "addresses": ["172.16.0.9", "2001:db8:9::9"], "tcp": "open"}},
    "links": [{"nodes": ["probe", "home", "r", "s", "t"], "mtu": 90}]})";

std::vector<std::vector<std::byte>> good_packets() {
    std::vector<std::vector<std::byte>> packets;
    for (Method method : {Method::udp, Method::tcp, Method::icmp})
        for (Family family : {Family::ipv4, Family::ipv6})
            for (Ttl ttl : {Ttl{1}, Ttl{2}, Ttl{3}, Ttl{64}})
                packets.push_back(Simulation::packet_of(sample_flow(method, family), ttl));
    return packets;
}

/// Makes the IPv4 header checksum true again, so that changes get past the first check.
void mend(std::vector<std::byte>& bytes) {
    if (auto header = packet::Ipv4Header::parse(bytes); header && header->header_size == 20) {
        packet::ByteWriter out(bytes);
        header->write(out);
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hostile_bytes)

BOOST_AUTO_TEST_CASE(every_truncation_is_malformed) {
    Simulation sim(everything);
    std::uint64_t count = 0;
    for (auto const& packet : good_packets())
        for (std::size_t size = 0; size < packet.size(); ++size, ++count)
            BOOST_TEST(sim.network.process(std::span(packet).first(size), sim.now).empty());
    BOOST_TEST(sim.network.truth().malformed == count);
}

BOOST_AUTO_TEST_CASE(changed_bytes_do_no_harm_and_replies_stay_whole) {
    std::mt19937 random(4);
    Simulation sim(everything);
    auto const packets = good_packets();
    std::uint64_t replies = 0;
    for (int i = 0; i < 60'000; ++i) {
        auto bytes = packets[random() % packets.size()];
        for (std::size_t changes = random() % 4; changes > 0; --changes)
            bytes[random() % bytes.size()] = static_cast<std::byte>(random());
        if (random() % 4 != 0) mend(bytes);
        for (sim::Delivery const& delivery : sim.network.process(bytes, sim.now)) {
            ++replies;
            sim::Parcel reply;
            BOOST_REQUIRE(reply.load(delivery.bytes));
            BOOST_REQUIRE(reply.transport_intact());
        }
        sim.now += microseconds(10);
    }
    BOOST_TEST(replies > 5000U);
    BOOST_TEST(sim.network.truth().malformed > 5000U);
}

BOOST_AUTO_TEST_CASE(noise_is_malformed_or_foreign) {
    std::mt19937 random(5);
    Simulation sim(everything);
    for (int i = 0; i < 20'000; ++i) {
        std::vector<std::byte> bytes(random() % 200);
        for (std::byte& b : bytes)
            b = static_cast<std::byte>(random());
        BOOST_TEST(sim.network.process(bytes, sim.now).empty());
    }
    auto const& truth = sim.network.truth();
    BOOST_TEST(truth.malformed + truth.foreign == 20'000U);
}

BOOST_AUTO_TEST_CASE(a_packet_that_never_loses_ttl_does_not_go_round_for_ever) {
    Simulation sim(R"({"nodes": {
        "probe": {"host": true, "addresses": ["192.0.2.1"]},
        "r": {"ttl_fault": "no_decrement",
              "routes": [{"to": "198.51.100.0/24", "via": ["s"]}]},
        "s": {"ttl_fault": "no_decrement",
              "routes": [{"to": "198.51.100.0/24", "via": ["r"]}]}},
        "links": [{"nodes": ["probe", "r", "s"]}]})");
    BOOST_TEST(!sim.send(sample_flow(), 9));
}

BOOST_AUTO_TEST_SUITE_END()
