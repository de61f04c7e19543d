#include "expectation.hpp"
#include "virtual_prober.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>
#include <dtrace/sim/topology.hpp>

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

using namespace dtrace;
using namespace dtrace::test;

namespace {

std::string read_file(std::filesystem::path const& path) {
    std::ifstream file(path);
    BOOST_TEST_REQUIRE(file.good(), "cannot read " << path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string hop_text(Hop const& hop) {
    std::set<std::string> answers;
    for (auto const& answer : hop.answers) {
        std::string text = to_text(answer.from);
        if (answer.kind != ReplyKind::time_exceeded)
            text += "/" + std::string(to_text(answer.kind));
        answers.insert(text);
    }
    std::string text;
    for (auto const& answer : answers)
        text += (text.empty() ? "" : "|") + answer;
    return text.empty() ? "*" : text;
}

std::string path_text(Path const& path) {
    std::string text;
    for (auto const& hop : path.hops)
        text += (text.empty() ? "" : " ") + hop_text(hop);
    return text;
}

/// "hop:text" of the first answers of path 0 of which `describe` has something to say.
template <class Describe>
std::string hop_list(Trace const& trace, Describe describe) {
    std::string list;
    for (auto const& hop : trace.paths.at(0).hops) {
        if (hop.answers.empty()) continue;
        std::string const text = describe(hop.answers.front());
        if (text.empty()) continue;
        list += (list.empty() ? "" : " ") + std::to_string(hop.ttl) + ":" + text;
    }
    return list;
}

std::string labels_text(Answer const& answer) {
    std::string text;
    for (auto const& label : answer.labels.value_or(std::vector<MplsLabel>{}))
        text += (text.empty() ? "" : ",") + std::to_string(label.label);
    return text;
}

std::string quoted_ttl_text(Answer const& answer) {
    return answer.quoted_ttl ? std::to_string(*answer.quoted_ttl) : "";
}

std::string attached_text(Answer const& answer) {
    std::string text;
    auto const add = [&](std::string const& what) { text += (text.empty() ? "" : " ") + what; };
    if (answer.interfaces)
        for (auto const& info : *answer.interfaces)
            add("interface=" + std::to_string(info.index.value_or(0)) + "/" +
                info.name.value_or("") + "/" + std::to_string(info.mtu.value_or(0)));
    if (answer.node) add("node=" + answer.node->name.value_or(""));
    if (answer.objects)
        for (auto const& object : *answer.objects)
            add("object=" + std::to_string(object.class_number) + "/" +
                std::to_string(object.type) + "/" + to_text(object.payload));
    return text;
}

std::string translation_text(Answer const& answer) {
    if (!answer.translation) return {};
    return std::string(answer.translation->source ? "s" : "") +
           (answer.translation->destination ? "d" : "") +
           (answer.translation->checksum_change ? "+" : "");
}

std::string hints_text(Trace const& trace) {
    std::string text;
    for (auto const& hop : trace.paths.at(0).hops)
        for (auto const& hint : hop.tunnel_hints.value_or(std::vector<TunnelHint>{}))
            text += (text.empty() ? "" : " ") + std::to_string(hop.ttl) + ":" +
                    std::string(to_text(hint.sign)) + "=" + std::to_string(hint.hidden_hops);
    return text;
}

std::string balancing_text(Multipath const& multipath) {
    std::string text;
    for (auto const& hop : multipath.hops)
        text += (text.empty() ? "" : " ") + std::to_string(hop.ttl) + ":" +
                std::to_string(hop.routers) + ":" + std::string(to_text(hop.balancing));
    return text;
}

std::string sent_text(Path const& path) {
    std::string text;
    for (auto const& hop : path.hops)
        text += (text.empty() ? "" : " ") + std::to_string(hop.sent);
    return text;
}

std::size_t addresses_of(Trace const& trace) {
    std::set<std::string> found;
    for (auto const& path : trace.paths)
        for (auto const& hop : path.hops)
            for (auto const& answer : hop.answers)
                found.insert(to_text(answer.from));
    return found.size();
}

void check_truth(Trace const& trace, sim::Network& network) {
    for (auto const& path : trace.paths) {
        Flow const flow{.method = trace.method,
                        .source = trace.source.value(),
                        .destination = trace.target.address.value(),
                        .id = path.source_port ? *path.source_port : *path.icmp_checksum,
                        .destination_port = path.destination_port.value_or(0)};
        auto const truth = network.path_of(virtual_packet(flow, 64), TimePoint{});
        for (auto const& hop : path.hops) {
            for (auto const& answer : hop.answers) {
                BOOST_TEST_REQUIRE(hop.ttl <= truth.size());
                auto const& expected = truth[hop.ttl - 1u];
                if (!expected.certain) continue;
                BOOST_TEST(to_text(answer.from) == to_text(expected.from.value_or(IpAddress{})),
                           "flow " << path.flow << " hop " << int{hop.ttl});
            }
        }
    }
}

void check_attached(ScenarioCase const& c, Trace const& trace) {
    auto const tos = [](Answer const& answer) {
        return answer.quoted_tos ? std::to_string(*answer.quoted_tos) : "";
    };
    if (c.quoted_toses) BOOST_TEST(hop_list(trace, tos) == *c.quoted_toses);
    if (c.attached) BOOST_TEST(hop_list(trace, attached_text) == *c.attached);
    if (c.translations) BOOST_TEST(hop_list(trace, translation_text) == *c.translations);
    if (c.tunnel_hints) BOOST_TEST(hints_text(trace) == *c.tunnel_hints);
}

void check_multipath(ScenarioCase const& c, Trace const& trace) {
    if (c.addresses) BOOST_TEST(addresses_of(trace) == *c.addresses);
    if (c.packets_at_most)
        BOOST_TEST(trace.packets.sent + trace.packets.overshoot <= *c.packets_at_most);
    if (c.sent) BOOST_TEST(sent_text(trace.paths.at(0)) == *c.sent);
    BOOST_TEST(trace.multipath.has_value() == c.parameters.flows.automatic);
    if (trace.multipath) BOOST_TEST(trace.multipath->complete);
    if (c.balancing) BOOST_TEST(balancing_text(trace.multipath.value()) == *c.balancing);
}

void check_numbers(ScenarioCase const& c, Trace const& trace) {
    auto const& last = trace.paths.at(0).hops.back();
    if (c.min_rtt_us || c.max_rtt_us) {
        BOOST_TEST_REQUIRE(!last.answers.empty());
        BOOST_TEST(last.answers.front().rtt_us >= c.min_rtt_us.value_or(0));
        BOOST_TEST(last.answers.front().rtt_us <= c.max_rtt_us.value_or(UINT32_MAX));
    }
    if (c.max_took_us) BOOST_TEST(trace.took_us <= *c.max_took_us);
    if (c.answered_at_least) BOOST_TEST(trace.packets.answered >= *c.answered_at_least);
    if (c.answered_at_most) BOOST_TEST(trace.packets.answered <= *c.answered_at_most);
    if (c.labels) BOOST_TEST(hop_list(trace, labels_text) == *c.labels);
    if (c.quoted_ttls) BOOST_TEST(hop_list(trace, quoted_ttl_text) == *c.quoted_ttls);
    if (c.reached_flows) {
        auto const reached = std::ranges::count_if(trace.paths, &Path::reached);
        BOOST_TEST(static_cast<std::uint32_t>(reached) == *c.reached_flows);
    }
}

void run_case(ScenarioCase const& c, sim::Topology const& topology) {
    sim::Network network(topology, c.seed.value_or(1), TimePoint{});
    Trace const trace = run_virtual(network,
                                    {.source = c.source,
                                     .target = c.target,
                                     .parameters = c.parameters,
                                     .pace = microseconds(c.pace_us.value_or(100))},
                                    TimePoint{});
    BOOST_TEST_CONTEXT(json::write(trace)) {
        BOOST_TEST(to_text(trace.stop_reason) == to_text(c.stop_reason));
        BOOST_TEST(trace.packets.foreign == 0u);
        BOOST_TEST_REQUIRE(!trace.paths.empty());
        if (c.true_hops.value_or(true)) check_truth(trace, network);
        check_numbers(c, trace);
        check_attached(c, trace);
        check_multipath(c, trace);
        if (!c.paths) return;
        std::set<std::string> found;
        for (auto const& path : trace.paths)
            found.insert(path_text(path));
        std::set<std::string> const expected(c.paths->begin(), c.paths->end());
        BOOST_TEST(found == expected, boost::test_tools::per_element());
    }
}

void run_file(std::filesystem::path const& expectation_file) {
    auto topology_file = expectation_file;
    topology_file.replace_extension().replace_extension(".json");
    auto const topology = sim::read_topology(read_file(topology_file));
    BOOST_TEST_REQUIRE(topology.has_value(), topology.error().message);
    auto const expectation =
        json::read<Expectation>(read_file(expectation_file), json::UnknownKeys::refuse);
    BOOST_TEST_REQUIRE(expectation.has_value(), expectation.error().text());
    BOOST_TEST(!expectation->cases.empty());
    for (auto const& c : expectation->cases)
        BOOST_TEST_CONTEXT(expectation_file.filename() << ": " << c.what) run_case(c, *topology);
}

/// One test case per file, named by it.
bool const registered = [] {
    auto* const suite = BOOST_TEST_SUITE("scenarios");
    for (auto const& entry :
         std::filesystem::directory_iterator(DTRACE_SOURCE_DIR "/test/scenario")) {
        auto const path = entry.path();
        if (!path.string().ends_with(".expect.json")) continue;
        suite->add(boost::unit_test::make_test_case(
            [path] { run_file(path); }, path.stem().stem().string(), __FILE__, __LINE__));
    }
    boost::unit_test::framework::master_test_suite().add(suite);
    return true;
}();

}  // namespace

BOOST_AUTO_TEST_CASE(there_are_scenarios) {
    BOOST_TEST(registered);
    BOOST_TEST(boost::unit_test::framework::master_test_suite().size() >= 2u);
}
