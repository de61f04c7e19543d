#include "config/targets_file.hpp"

#include "config/report_url.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::master;

BOOST_AUTO_TEST_SUITE(targets_file)

namespace {

constexpr std::string_view uuid = "76d96640-d357-47b3-ba50-5248a7604bc9";

/// A file with one target, `top` and `own` being further members.
std::string file(std::string const& top, std::string const& own = "") {
    return "{" + top + R"("Targets":{")" + std::string(uuid) +
           R"(":{"Name":"T","Address":"192.0.2.1")" + own + "}}}";
}

std::string fault_of(std::string_view text) {
    auto const parsed = parse_targets_file(text);
    return parsed ? "none" : parsed.error().text();
}

Measurement only(std::string const& text) {
    auto const parsed = parse_targets_file(text);
    BOOST_REQUIRE_MESSAGE(parsed.has_value(), fault_of(text));
    BOOST_REQUIRE(parsed->measurements.size() == 1);
    return parsed->measurements.front();
}

}  // namespace

BOOST_AUTO_TEST_CASE(dist_traceroutes_file_is_read_as_it_is) {
    auto const parsed = parse_targets_file(R"({
        "ReportURL": "http://localhost:8990/results/post",
        "Targets": {
                "76d96640-d357-47b3-ba50-5248a7604bc9": { "Name": "ChainTarget", "Address": "10.77.4.2" }
        },
        "Retries": 1,
        "MaxHops": 31,
        "TimeoutMs": 700
})");
    BOOST_REQUIRE(parsed.has_value());
    BOOST_TEST(!parsed->report_url);
    BOOST_REQUIRE(parsed->measurements.size() == 1);
    auto const& m = parsed->measurements.front();
    BOOST_TEST(to_text(m.id) == uuid);
    BOOST_TEST(m.name == "ChainTarget");
    BOOST_TEST(m.target == "10.77.4.2");
    BOOST_TEST(m.parameters.attempts == 2);
    BOOST_TEST(m.parameters.max_hops == 31);
    BOOST_TEST(m.parameters.timeout_ms == 700U);
    BOOST_TEST(m.interval_s == 60U);
    BOOST_TEST(m.probes.empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_said_has_the_usual_value) {
    auto const m = only(file(""));
    BOOST_TEST((m.parameters == ProbingParameters{}));
    BOOST_TEST(only(file(R"("Retries":0,)")).parameters.attempts == 1);
    BOOST_TEST(only(file(R"("Retries":10,)")).parameters.attempts == 11);
}

BOOST_AUTO_TEST_CASE(every_knob_stands_at_the_top_or_in_a_target) {
    std::string const knobs =
        R"("Retries":2,"MaxHops":9,"TimeoutMs":800,"Method":"tcp","Port":443,"Flows":8,)"
        R"("IntervalSeconds":300,"Family":"ipv6","Probes":["a","b"],"Tags":["x"])";
    for (auto const& text : {file(knobs + ","), file("", "," + knobs)}) {
        auto const m = only(text);
        BOOST_TEST(m.parameters.attempts == 3);
        BOOST_TEST(m.parameters.max_hops == 9);
        BOOST_TEST(m.parameters.timeout_ms == 800U);
        BOOST_TEST((m.parameters.method == Method::tcp));
        BOOST_TEST(*m.parameters.port == 443);
        BOOST_TEST(m.parameters.flows.fixed == 8);
        BOOST_TEST((m.parameters.family == Family::ipv6));
        BOOST_TEST(m.interval_s == 300U);
        BOOST_TEST((m.probes == std::vector<std::string>{"a", "b"}));
        BOOST_TEST((m.tags == std::vector<std::string>{"x"}));
    }
}

BOOST_AUTO_TEST_CASE(the_target_wins_over_the_top_and_attempts_over_retries) {
    BOOST_TEST(only(file(R"("MaxHops":9,)", R"(,"MaxHops":7)")).parameters.max_hops == 7);
    BOOST_TEST(only(file(R"("Retries":1,"Attempts":5,)")).parameters.attempts == 5);
    BOOST_TEST(only(file(R"("Attempts":5,)", R"(,"Retries":1)")).parameters.attempts == 2);
    BOOST_TEST(!only(file(R"("Port":443,)", R"(,"Method":"icmp")")).parameters.port);
    BOOST_TEST(only(file(R"("Probes":["a"],)", R"(,"Probes":["*"])")).probes.empty());
}

BOOST_AUTO_TEST_CASE(flows_are_a_number_or_auto) {
    BOOST_TEST(only(file(R"("Flows":"auto",)")).parameters.flows.automatic);
    BOOST_TEST(!only(file(R"("Flows":256,)")).parameters.flows.automatic);
    BOOST_TEST(!only(file(R"("Flows":"auto",)", R"(,"Flows":4)")).parameters.flows.automatic);
    for (char const* wrong : {"0", "257", "\"many\"", "-1", "1e9"})
        BOOST_TEST(fault_of(file(std::string("\"Flows\":") + wrong + ',')) ==
                   "Flows: must be 1 to 256, or auto");
    BOOST_TEST(fault_of(file(R"("Flows":[],)")) == "Flows: must be a number or a word");
    auto const sure = only(file(R"("Flows":"auto","Confidence":99,)")).parameters;
    BOOST_TEST(int{sure.confidence.value()} == 99);
    BOOST_TEST(fault_of(file(R"("Confidence":90,)")) == "Confidence: must be 95 or 99");
}

BOOST_AUTO_TEST_CASE(ranges_are_held) {
    struct Case {
        std::string key;
        int low, high;
    };
    for (auto const& range :
         {Case{"Retries", 0, 10}, Case{"MaxHops", 1, 100}, Case{"TimeoutMs", 1, 10'000},
          Case{"Port", 1, 65'535}, Case{"Attempts", 1, 100}, Case{"IntervalSeconds", 1, 86'400}}) {
        auto const low = range.low;
        auto const high = range.high;
        auto const key = range.key;
        auto const with = [&](int value) { return '"' + key + "\":" + std::to_string(value); };
        auto const reason = ": must be " + std::to_string(low) + " to " + std::to_string(high);
        BOOST_TEST(fault_of(file(with(low) + ",")) == "none");
        BOOST_TEST(fault_of(file(with(high) + ",")) == "none");
        BOOST_TEST(fault_of(file(with(low - 1) + ",")) == key + reason);
        BOOST_TEST(fault_of(file("", "," + with(high + 1))) ==
                   "Targets[\"" + std::string(uuid) + "\"]." + key + reason);
    }
}

BOOST_AUTO_TEST_CASE(a_fault_names_its_path_and_reason) {
    std::string const target = "Targets[\"" + std::string(uuid) + "\"]";
    BOOST_TEST(fault_of("{}") == "Targets: is required");
    BOOST_TEST(fault_of(file("", R"(,"Method":"sctp")")) ==
               target + ".Method: must be one of udp, tcp, icmp");
    BOOST_TEST(fault_of(file("", R"(,"Probes":[])")) ==
               target + ".Probes: must name a probe; leave it out for every probe");
    BOOST_TEST(fault_of(file(R"("Probes":["a","a"],)")) == "Probes[1]: stands here twice");
    BOOST_TEST(fault_of(file(R"("Tags":["a\nb"],)")) ==
               "Tags[0]: must not contain control characters");
    BOOST_TEST(fault_of(R"({"Targets":{"x":{"Name":"T","Address":"a"}}})")
                   .starts_with("Targets[\"x\"]: the key must be a UUID"));
    BOOST_TEST(fault_of(R"({"Targets":{"76d96640-d357-47b3-ba50-5248a7604bc9":{"Name":"T"}}})") ==
               target + ".Address: is required (or Mesh)");
    BOOST_TEST(
        fault_of(
            R"({"Targets":{"76d96640-d357-47b3-ba50-5248a7604bc9":{"Name":"T","Address":"a b"}}})") ==
        target + ".Address: must be an IP address or a DNS name");
    BOOST_TEST(
        fault_of(
            R"({"Targets":{"76d96640-d357-47b3-ba50-5248a7604bc9":{"Name":"T","Address":"224.0.0.1"}}})") ==
        target + ".Address: is a multicast address");
    BOOST_TEST(fault_of(file("", R"(,"Flows":256,"Attempts":33)")) ==
               target +
                   ".Flows: times attempts and hops makes up to 253440 packets a round, at "
                   "most 250000");
    BOOST_TEST(fault_of(file(R"("IntervalSeconds":2,)", R"(,"Flows":256)")) ==
               target +
                   ".IntervalSeconds: is too short for up to 23040 packets a round at 10000 a "
                   "second");
    BOOST_TEST(fault_of(file(R"("ReportURL":"x",)")).starts_with("ReportURL: "));
    BOOST_TEST(fault_of(file(R"("retries":1,)")).starts_with("retries: is not known here"));
    BOOST_TEST(
        fault_of(file("", R"(,"Adress":"b")")).starts_with(target + ".Adress: is not known"));
}

BOOST_AUTO_TEST_CASE(what_stands_twice_is_refused) {
    std::string const entry =
        R"("76d96640-d357-47b3-ba50-5248a7604bc9":{"Name":"A","Address":"a"})";
    BOOST_TEST(fault_of("{\"Targets\":{" + entry + "," + entry + "}}") ==
               std::string(uuid) + ": stands here twice");
    BOOST_TEST(fault_of("{\"Targets\":{" + entry +
                        R"(,"76D96640-D357-47B3-BA50-5248A7604BC9":{"Name":"B","Address":"b"}}})")
                   .ends_with("this UUID stands here twice"));
    BOOST_TEST(fault_of("{\"Targets\":{" + entry +
                        R"(,"86d96640-d357-47b3-ba50-5248a7604bc9":{"Name":"A","Address":"b"}}})")
                   .ends_with("Name: the name A stands here twice"));
}

BOOST_AUTO_TEST_CASE(report_urls) {
    auto const of = [](std::string_view url) {
        auto const found = find_report_url(url);
        return !found ? std::string("refused") : found->value_or("this master");
    };
    for (std::string const legacy :
         {"", "http://localhost:8990/results/post", "http://localhost:8990/results/",
          "http://master.example.net/results", "http://192.0.2.1:8990/slave/results",
          "http://m/results?x=1"})
        BOOST_TEST(of(legacy) == "this master", legacy);
    for (std::string const own : {"http://collector.example.net:9000/api/v1/probe/reports",
                                  "http://collector/", "http://collector/resultsets",
                                  "http://collector/v1/results/post", "http://[2001:db8::1]:80/x"})
        BOOST_TEST(of(own) == own, own);
    for (std::string const bad : {"x", "ftp://a/b", "http://", "http:///x", "http://a b/"})
        BOOST_TEST(of(bad) == "refused", bad);
}

BOOST_AUTO_TEST_SUITE_END()
