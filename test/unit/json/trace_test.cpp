// The Trace of the API (docs/api.md), byte for byte.

#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>
#include <dtrace/model/assignment.hpp>
#include <dtrace/model/report.hpp>
#include <dtrace/model/trace.hpp>

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using json::UnknownKeys;

namespace {

constexpr auto trace_text =
    R"({"id":"019aab1e-2c00-7abc-8def-0123456789ab","probe":"n1",)"
    R"("measurement":{"id":"8be9c0c7-5c0e-4a3e-b7d4-6f2f0a1b2c3d","name":"Google"},)"
    R"("target":{"host":"www.example.net","address":"192.0.2.9"},)"
    R"("source":"198.51.100.1","method":"udp","started_at":"2026-11-22T14:00:00.000000Z",)"
    R"("took_us":51234,"stop_reason":"completed",)"
    R"("packets":{"sent":48,"answered":45,"overshoot":2,"foreign":0,"duplicate":0,"late":0,)"
    R"("receiver_dropped":0},)"
    R"("paths":[{"flow":0,"source_port":24000,"destination_port":33434,"reached":true,)"
    R"("hops":[{"ttl":1,"sent":3,"answers":[{"from":"192.0.2.1","name":"r1.example.net",)"
    R"("kind":"time_exceeded","rtt_us":123,"reply_ttl":64}]},)"
    R"({"ttl":2,"sent":3,"answers":[]},)"
    R"({"ttl":3,"sent":3,"answers":[{"from":"2001:db8::1","kind":"other_unreachable",)"
    R"("rtt_us":4294967295,"reply_ttl":255,"quoted_ttl":0,"icmp_code":13,"mtu":1280,)"
    R"("labels":[{"label":1048575,"traffic_class":7,"bottom":true,"ttl":1}]}]}]}]})";

}  // namespace

BOOST_AUTO_TEST_SUITE(json_trace)

BOOST_AUTO_TEST_CASE(a_trace_reads_and_writes_the_same_text) {
    auto const trace = json::read<Trace>(trace_text, UnknownKeys::refuse);
    BOOST_REQUIRE_MESSAGE(trace, trace.error().text());
    BOOST_TEST(trace->probe == "n1");
    BOOST_TEST(trace->measurement->name == "Google");
    BOOST_TEST((trace->target.address == boost::asio::ip::make_address("192.0.2.9")));
    BOOST_TEST(trace->took_us == 51234);
    BOOST_TEST(trace->packets.answered == 45);
    BOOST_REQUIRE_EQUAL(trace->paths.size(), 1);
    auto const& hops = trace->paths[0].hops;
    BOOST_REQUIRE_EQUAL(hops.size(), 3);
    BOOST_TEST(hops[0].answers[0].name.value() == "r1.example.net");
    BOOST_TEST(hops[1].answers.empty());
    BOOST_TEST(hops[2].answers[0].labels->at(0).label == 1048575);
    BOOST_TEST(json::write(*trace) == trace_text);
}

BOOST_AUTO_TEST_CASE(what_few_traces_have_reads_and_writes_the_same_text) {
    auto const text = std::string(
        R"({"id":"019aab1e-2c00-7abc-8def-0123456789ab","probe":"n1",)"
        R"("target":{"host":"h","address":"192.0.2.9"},"method":"udp",)"
        R"("started_at":"2026-11-22T14:00:00.000000Z","took_us":1,"stop_reason":"completed",)"
        R"("packets":{"sent":31,"answered":31,"overshoot":0,"foreign":0,"duplicate":0,"late":0,)"
        R"("receiver_dropped":0},)"
        R"("multipath":{"confidence":95,"balancing":"per_flow","complete":true,)"
        R"("discovery_packets":28,"repeated_packets":3,)"
        R"("hops":[{"ttl":2,"routers":4,"flows":21,"balancing":"per_flow"}]},)"
        R"("heard":{"listened_ms":60012,"flows":[{"method":"tcp","source_port":24016,)"
        R"("destination_port":80,"ago_ms":31000,"packets":3},)"
        R"({"method":"icmp","icmp_checksum":24016,"ago_ms":30999,"packets":2}]},)"
        R"("paths":[{"flow":7,"source_port":24007,"destination_port":33434,"reached":false,)"
        R"("partial":true,"hops":[{"ttl":1,"sent":0,"answers":[]},)"
        R"({"ttl":2,"sent":1,"answers":[{"from":"192.0.2.1","kind":"other","rtt_us":9,)"
        R"("reply_ttl":250,"quoted_tos":0,"icmp_type":4,"icmp_code":0,)"
        R"("translation":{"source":"192.0.2.7","destination":"10.9.9.9","checksum_change":31},)"
        R"("interfaces":[{"role":"incoming","index":7,"address":"192.0.2.33","name":"eth0",)"
        R"("mtu":1500}],"node":{"address":"192.0.2.5","name":"r1"},)"
        R"("objects":[{"class_number":9,"type":6,"payload":"abcd"}]}],)"
        R"("tunnel_hints":[{"sign":"return_path","hidden_hops":4}]}]}]})");
    auto const trace = json::read<Trace>(text, UnknownKeys::refuse);
    BOOST_REQUIRE_MESSAGE(trace, trace.error().text());
    BOOST_TEST(json::write(*trace) == text);
    auto odd = text;
    odd.replace(odd.find("abcd"), 4, "abc");
    BOOST_TEST(json::read<Trace>(odd, UnknownKeys::ignore).error().text() ==
               "paths[0].hops[1].answers[0].objects[0].payload: must be an even number of "
               "hexadecimal digits");
}

BOOST_AUTO_TEST_CASE(flows_are_a_number_or_a_word) {
    auto const read = [](char const* flows) {
        return json::read<ProbingParameters>(std::string(R"({"flows":)") + flows + "}",
                                             UnknownKeys::refuse);
    };
    BOOST_TEST(read("\"auto\"")->flows.automatic);
    BOOST_TEST(read("16")->flows.fixed == 16);
    BOOST_TEST(json::write(*read("\"auto\"")).starts_with(R"({"method":"udp","flows":"auto",)"));
    BOOST_TEST(json::write(*read("16")).starts_with(R"({"method":"udp","flows":16,)"));
    for (char const* wrong : {"0", "257", "\"all\"", "-1", "1.5"})
        BOOST_TEST(!read(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(a_failed_round) {
    auto const text = std::string(
        R"({"id":"019aab1e-2c00-7abc-8def-0123456789ab","probe":"",)"
        R"("target":{"host":"no.such.name"},"method":"tcp",)"
        R"("started_at":"2026-11-22T14:00:00.000001Z","took_us":0,"stop_reason":"error",)"
        R"("error":"no.such.name: does not resolve","packets":{},"paths":[]})");
    auto const trace = json::read<Trace>(text, UnknownKeys::refuse);
    BOOST_REQUIRE_MESSAGE(trace, trace.error().text());
    BOOST_TEST(!trace->measurement);
    BOOST_TEST(!trace->target.address);
    BOOST_TEST(!trace->source);
    BOOST_TEST((trace->packets == PacketCounts{}));
    BOOST_TEST(trace->error.value() == "no.such.name: does not resolve");
    BOOST_TEST((json::read<Trace>(json::write(*trace), UnknownKeys::refuse).value() == *trace));
}

BOOST_AUTO_TEST_CASE(a_fault_deep_inside_names_its_place) {
    auto text = std::string(trace_text);
    text.replace(text.find("192.0.2.1\""), 9, "192.0.2.x");
    BOOST_TEST(json::read<Trace>(text, UnknownKeys::ignore).error().text() ==
               "paths[0].hops[0].answers[0].from: must be an IP address");
}

BOOST_AUTO_TEST_CASE(an_assignment_keeps_its_defaults) {
    auto const assignment = json::read<Assignment>(
        R"({"revision":1,"probe":"n1","measurements":[{"id":"019aab1e-2c00-7abc-8def-0123456789ab",
            "name":"","target":"h","parameters":{"flows":16,"family":"ipv6"},"interval_s":60}]})",
        UnknownKeys::ignore);
    BOOST_REQUIRE_MESSAGE(assignment, assignment.error().text());
    auto const& parameters = assignment->measurements.at(0).parameters;
    ProbingParameters expected;
    expected.family = Family::ipv6;
    expected.flows = 16;
    BOOST_TEST((parameters == expected));
    BOOST_TEST((json::read<Assignment>(json::write(*assignment), UnknownKeys::refuse).value() ==
                *assignment));
}

BOOST_AUTO_TEST_CASE(a_receipt) {
    ReportReceipt const receipt{.accepted = 1, .known = 2, .refused = {{3, std::nullopt, "why"}}};
    auto const text = json::write(receipt);
    BOOST_TEST(text == R"({"accepted":1,"known":2,"refused":[{"index":3,"reason":"why"}]})");
    BOOST_TEST((json::read<ReportReceipt>(text, UnknownKeys::refuse).value() == receipt));
}

BOOST_AUTO_TEST_SUITE_END()
