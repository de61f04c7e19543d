#include "simulation.hpp"

#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <set>

using namespace dtrace;
using namespace dtrace::test;

namespace {

std::string fault_of(std::string const& json) {
    auto const read = sim::read_topology(json);
    return read ? "none" : read.error().message;
}

/// A good topology of a probe p, routers r and s and a target t, with `node` as the members of r
/// and `more` behind everything else.
std::string around(std::string const& node, std::string const& more = "") {
    return R"({"probes": ["p"], "nodes": {
        "p": {"host": true, "addresses": ["192.0.2.1"]},
        "r": {)" +
           node + R"(},
        "s": {"addresses": ["10.0.0.2"]},
        "t": {"host": true, "addresses": ["198.51.100.9"]}},
        "links": [{"nodes": ["p", "r", "s", "t"]}])" +
           more + "}";
}

struct Bad {
    std::string json;
    std::string fault;
};
std::ostream& operator<<(std::ostream& out, Bad const& bad) {
    return out << bad.fault;
}

std::vector<Bad> const bad_topologies{
    {"{", "unreadable"},
    {R"({"nodes": {}, "links": []})",
     "probes: must name a host, or a host must be named \"probe\""},
    {around(R"("addresses": ["10.0.0.300"])"), "nodes[\"r\"].addresses[0]: "},
    {around(R"("addresses": ["10.0.0.2"])"),
     "nodes[\"s\"].addresses[0]: is taken by nodes[\"r\"].addresses[0]"},
    {around(R"("addresses": ["224.0.0.1"])"),
     "nodes[\"r\"].addresses[0]: must be a unicast address"},
    {around(R"("prefixes": ["10.1.0.0/33"])"),
     "nodes[\"r\"].prefixes[0]: must have a prefix length of 0 to 32"},
    {around(R"("prefixes": ["10.1.0.1/24"])"),
     "nodes[\"r\"].prefixes[0]: must have no bits set behind its prefix length"},
    {around(R"("colour": "red")"), "nodes[\"r\"].colour: is not known here"},
    {around(R"("host": true)"), "nodes[\"r\"].addresses: must give a host at least one"},
    {around(R"("answer_probability": 1.5)"), "nodes[\"r\"].answer_probability: must be 0 to 1"},
    {around(R"("quote": "half")"), "nodes[\"r\"].quote: must be one of full, minimal, rfc4884"},
    {around(R"("quote": "full", "labels": [{"label": 1}])"),
     "nodes[\"r\"].quote: must be rfc4884 or rfc4884_legacy for labels to be told"},
    {around(R"("labels": [{"label": 1048576}])"),
     "nodes[\"r\"].labels[0].label: must be 0 to 1048575"},
    {around(R"("rate_limit": {"per_second": 1, "burst": 0})"),
     "nodes[\"r\"].rate_limit.burst: must be at least 1"},
    {around(R"("rate_limit": {"per_second": 1})"), "nodes[\"r\"].rate_limit.burst: is required"},
    {around(R"("reply_ttl": 0)"), "nodes[\"r\"].reply_ttl: must be at least 1"},
    {around(R"("reply_ttl": 256)"), "nodes[\"r\"].reply_ttl: must be 0 to 255"},
    {around(R"("tcp_ports": {"http": "open"})"),
     R"(nodes["r"].tcp_ports["http"]: must be a port, 0 to 65535)"},
    {around(R"("routes": [{"to": "198.51.100.0/24", "via": ["t"]}])"),
     "nodes[\"r\"].routes[0].via[0]: r has no such neighbour or link"},
    {around(R"("routes": [{"to": "198.51.100.0/24"}])"),
     "nodes[\"r\"].routes[0]: must have one of via, black_hole, reject, reject_code"},
    {around(R"("routes": [{"to": "198.51.100.0/24", "reject": "net", "black_hole": true}])"),
     "nodes[\"r\"].routes[0]: must have one of via, black_hole, reject, reject_code"},
    {around(R"("source_nat": {"inside": "10.0.0.0/8", "address": "2001:db8::1"})"),
     "nodes[\"r\"].source_nat.address: must be of the family of inside"},
    {R"({"nodes": {"probe": {"host": true, "addresses": ["192.0.2.1"]}},
         "links": [{"nodes": ["probe", "x"]}]})",
     "links[0].nodes[1]: is no node"},
    {R"({"nodes": {"probe": {"host": true, "addresses": ["192.0.2.1"]}},
         "links": [{"nodes": ["probe"]}]})",
     "links[0].nodes: must name at least two nodes"},
    {R"({"nodes": {"probe": {"host": true, "addresses": ["192.0.2.1"]}, "r": {}},
         "links": [{"nodes": ["probe", "r"], "loss": -0.1}]})",
     "links[0].loss: must be 0 to 1"},
    {R"({"nodes": {"probe": {"addresses": ["192.0.2.1"]}}, "probes": ["probe"]})",
     "probes[0]: is no host"},
    {around("", R"(, "events": [{"at_ms": 1, "nodes": {"x": {"silent": true}}}])"),
     "events[0].nodes[\"x\"]: is no node"},
    {around("", R"(, "events": [{"at_ms": 1, "links": [{"nodes": ["r", "p"], "loss": 1}]}])"),
     "events[0].links[0].nodes: no link was written from r to p"},
    {around("", R"(, "events": [{"at_ms": 1}, {"at_ms": 0}])"),
     "events[1].at_ms: must not be before the event before it"},
    {around("", R"(, "events": [{"at_ms": 1, "nodes": {"r": {"addresses": ["10.0.0.1"]}}}])"),
     "events[0].nodes[\"r\"].addresses: cannot change"},
    {around("", R"(, "events": [{"at_ms": 1, "nodes": {"r": {"answer_loss": 2}}}])"),
     "events[0].nodes[\"r\"].answer_loss: must be 0 to 1"},
};

template <class T, class F>
void for_each_member(F f) {
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(f);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(topology_files)

BOOST_AUTO_TEST_CASE(a_fault_is_named_by_its_place) {
    BOOST_TEST(fault_of(around("")) == "none");
    for (Bad const& bad : bad_topologies) {
        auto const fault = fault_of(bad.json);
        if (bad.fault == "unreadable")
            BOOST_TEST(fault != "none");
        else
            BOOST_TEST(fault.substr(0, bad.fault.size()) == bad.fault, fault << " for " << bad);
    }
}

BOOST_AUTO_TEST_CASE(a_network_of_a_faulty_topology_is_refused) {
    BOOST_CHECK_THROW(sim::Network(sim::Topology{}, 1), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(every_sample_topology_is_good) {
    std::set<std::string> names;
    for (auto const& file :
         std::filesystem::directory_iterator(DTRACE_SOURCE_DIR "/test/scenario")) {
        auto const name = file.path().filename().string();
        if (file.path().extension() != ".json" || name.find(".expect.") != std::string::npos)
            continue;
        names.insert(name);
        auto const read = sim::read_topology(scenario_text(file.path().stem().string()));
        BOOST_TEST(read.has_value(), name << ": " << (read ? "" : read.error().message));
    }
    BOOST_TEST(names.size() >= 20U);
}

BOOST_AUTO_TEST_CASE(the_page_names_every_key_and_its_example_is_good) {
    auto const page = text_of("docs/simulator.md");
    auto const begin = page.find("```json\n") + 8;
    BOOST_TEST(fault_of(page.substr(begin, page.find("```", begin) - begin)) == "none");
    auto const is_told = [&](auto member) {
        std::string const name = member.name;
        BOOST_TEST((page.find('`' + name + '`') != std::string::npos ||
                    page.find('"' + name + '"') != std::string::npos),
                   name);
    };
    for_each_member<sim::Topology>(is_told);
    for_each_member<sim::Node>(is_told);
    for_each_member<sim::Link>(is_told);
    for_each_member<sim::Event>(is_told);
    for_each_member<sim::Route>(is_told);
    for_each_member<sim::RateLimit>(is_told);
    for_each_member<sim::Label>(is_told);
    for_each_member<sim::SourceNat>(is_told);
    for_each_member<sim::DestinationNat>(is_told);
}

BOOST_AUTO_TEST_CASE(a_prefix_reads_back_as_it_is_written) {
    for (std::string const text : {"0.0.0.0/0", "10.0.0.0/8", "192.0.2.7/32", "::/0",
                                   "2001:db8::/32", "2001:db8::1/128", "fc00::/7"}) {
        auto const prefix = parse<Prefix>(text);
        BOOST_REQUIRE(prefix);
        BOOST_TEST((parse<Prefix>(to_text(*prefix)).value() == *prefix));
    }
    BOOST_TEST(to_text(parse<Prefix>("192.0.2.7").value()) == "192.0.2.7/32");
    for (std::string const text : {"", "/8", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/8 ", "::/129"})
        BOOST_TEST(!parse<Prefix>(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
