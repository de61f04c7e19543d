#include "ingest/read_report.hpp"

#include "ingest/check_trace.hpp"
#include "sample_traces.hpp"

#include <dtrace/json/write.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>

using namespace dtrace;
using namespace dtrace::master;
using dtrace::test::sample_trace;

namespace {

Timestamp const arrival = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);
Uuid const measurement = make_uuid_from_name("m");

Trace sample() {
    return sample_trace("n1", measurement, arrival);
}

/// Why a sample is refused after `spoil` has been at it.
std::string fault_after(std::function<void(Trace&)> const& spoil) {
    auto trace = sample();
    spoil(trace);
    auto const fault = find_fault(trace, arrival);
    return fault ? fault->path : "none";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_traces)

BOOST_AUTO_TEST_CASE(what_a_probe_measures_is_taken) {
    BOOST_TEST(fault_after([](Trace&) {}) == "none");
    BOOST_TEST(fault_after([](Trace& t) { t.started_at = arrival + std::chrono::hours(23); }) ==
               "none");
    BOOST_TEST(fault_after([](Trace& t) { t.started_at = arrival - std::chrono::days(400); }) ==
               "none");
    BOOST_TEST(fault_after([](Trace& t) { t.paths[0].hops[1].answers.clear(); }) == "none");
    BOOST_TEST(fault_after([](Trace& t) {
                   t.paths.clear();
                   t.packets = {};
                   t.target.address.reset();
                   t.stop_reason = StopReason::error;
                   t.error = "no such host";
               }) == "none");
    BOOST_TEST(fault_after([](Trace& t) {
                   t.paths.resize(256, t.paths[0]);
                   for (FlowIndex i = 0; i < 256; ++i)
                       t.paths[i].flow = i;
                   t.packets.sent = 256 * 6;
               }) == "none");
    BOOST_TEST(fault_after([](Trace& t) {
                   t.paths[0].hops.clear();
                   for (Ttl ttl = 30; ttl <= 100; ++ttl)
                       t.paths[0].hops.push_back({.ttl = ttl, .sent = 0, .answers = {}});
               }) == "none");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_is_refused_by_name) {
    BOOST_TEST(fault_after([](Trace& t) { t.id = Uuid{}; }) == "id");
    BOOST_TEST(fault_after([](Trace& t) { t.id = make_uuid_from_name("x"); }) == "id");
    BOOST_TEST(fault_after([](Trace& t) { t.started_at = arrival + std::chrono::hours(25); }) ==
               "started_at");
    BOOST_TEST(fault_after([](Trace& t) { t.started_at = Timestamp{}; }) == "started_at");
    BOOST_TEST(fault_after([](Trace& t) { t.took_us = 86'400'000'001; }) == "took_us");
    BOOST_TEST(fault_after([](Trace& t) { t.target.host.clear(); }) == "target.host");
    BOOST_TEST(fault_after([](Trace& t) { t.target.host.assign(256, 'x'); }) == "target.host");
    BOOST_TEST(fault_after([](Trace& t) { t.error = std::string(3000, 'x'); }) == "error");
    BOOST_TEST(fault_after([](Trace& t) { t.measurement->name.assign(256, 'x'); }) ==
               "measurement.name");
    BOOST_TEST(fault_after([](Trace& t) { t.packets.answered = 7; }) == "packets.answered");
    BOOST_TEST(fault_after([](Trace& t) { t.packets.sent = 5; }) == "packets.sent");
}

BOOST_AUTO_TEST_CASE(what_cannot_have_been_heard_is_refused_by_name) {
    auto const fault = [](Heard const& heard) {
        return fault_after([&](Trace& t) { t.heard = heard; });
    };
    auto const flows = [](std::size_t count, std::uint32_t ago_ms, std::uint32_t packets) {
        return std::vector<HeardFlow>(count, {.ago_ms = ago_ms, .packets = packets});
    };
    BOOST_TEST(fault({600'000, flows(4096, 600'000, 10'000)}) == "none");
    BOOST_TEST(fault({2'000, flows(1, 2'000, 0)}) == "none");
    BOOST_TEST(fault({600'001, {}}) == "heard.listened_ms");
    BOOST_TEST(fault({1'999, {}}) == "heard.listened_ms");
    BOOST_TEST(fault({60'000, flows(4097, 30'000, 3)}) == "heard.flows");
    BOOST_TEST(fault({60'000, flows(2, 60'001, 3)}) == "heard.flows[0].ago_ms");
    BOOST_TEST(fault({60'000, flows(2, 1'999, 3)}) == "heard.flows[0].ago_ms");
    BOOST_TEST(fault({60'000, flows(2, 30'000, 10'001)}) == "heard.flows[0].packets");
}

BOOST_AUTO_TEST_CASE(impossible_paths_are_refused_by_name) {
    BOOST_TEST(fault_after([](Trace& t) { t.paths.resize(257); }) == "paths");
    BOOST_TEST(fault_after([](Trace& t) { t.paths[0].flow = 256; }) == "paths[0].flow");
    BOOST_TEST(fault_after([](Trace& t) { t.paths.push_back(t.paths[0]); }) == "paths[1].flow");
    BOOST_TEST(fault_after([](Trace& t) { t.paths[0].hops[0].ttl = 0; }) == "paths[0].hops[0].ttl");
    BOOST_TEST(fault_after([](Trace& t) { t.paths[0].hops[1].ttl = 128; }) ==
               "paths[0].hops[1].ttl");
    for (Ttl const ttl : {Ttl{1}, Ttl{3}})
        BOOST_TEST(fault_after([&](Trace& t) { t.paths[0].hops[1].ttl = ttl; }) ==
                   "paths[0].hops[1].ttl");
    BOOST_TEST(fault_after([](Trace& t) { t.paths[0].hops[0].sent = 10'001; }) ==
               "paths[0].hops[0].sent");
    BOOST_TEST(fault_after([](Trace& t) { t.paths[0].hops[0].sent = 1; }) ==
               "paths[0].hops[0].answers");
    BOOST_TEST(fault_after([](Trace& t) { t.paths[0].hops[0].answers[1].rtt_us = 600'000'001; }) ==
               "paths[0].hops[0].answers[1].rtt_us");
    BOOST_TEST(fault_after([](Trace& t) { t.paths[0].hops[0].answers[0].from = IpAddress(); }) ==
               "paths[0].hops[0].answers[0].from");
    BOOST_TEST(fault_after([](Trace& t) {
                   t.paths[0].hops[0].answers[0].name.emplace(256, 'x');
               }) == "paths[0].hops[0].answers[0].name");
    BOOST_TEST(fault_after([](Trace& t) { t.paths[0].hops[0].answers[0].labels.emplace(101); }) ==
               "paths[0].hops[0].answers[0].labels");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(read_reports)

BOOST_AUTO_TEST_CASE(arrays_and_lines_hold_the_same_traces) {
    auto const a = sample();
    auto b = sample();
    b.id = make_uuid_v7(arrival);
    for (auto const& body : {"[" + json::write(a) + "," + json::write(b) + "]",
                             json::write(a) + "\n" + json::write(b) + "\n"}) {
        auto const report = read_report(body, arrival, 100);
        BOOST_REQUIRE(report.has_value());
        BOOST_TEST(report->refused.empty());
        BOOST_REQUIRE(report->traces.size() == 2);
        BOOST_TEST((report->traces[0] == a));
        BOOST_TEST((report->traces[1] == b));
        BOOST_TEST((report->indices == std::vector<std::uint32_t>{0, 1}));
    }
}

BOOST_AUTO_TEST_CASE(each_trace_is_judged_alone) {
    auto good = sample();
    auto bad = sample();
    bad.paths[0].hops[1].ttl = 9;
    auto const id = to_text(bad.id);
    auto const report =
        read_report("[" + json::write(bad) + R"(,{"id":")" + id + R"(","probe":7},)" +
                        json::write(good) + R"(,17,{"x" 1},"text"])",
                    arrival, 100);
    BOOST_REQUIRE(report.has_value());
    BOOST_REQUIRE(report->traces.size() == 1);
    BOOST_TEST(report->indices.front() == 2U);
    BOOST_REQUIRE(report->refused.size() == 5);
    BOOST_TEST(report->refused[0].index == 0U);
    BOOST_TEST((report->refused[0].id == bad.id));
    BOOST_TEST(report->refused[0].reason == "paths[0].hops[1].ttl: must follow the one before");
    BOOST_TEST(report->refused[1].index == 1U);
    BOOST_TEST((report->refused[1].id == bad.id));
    BOOST_TEST(report->refused[1].reason == "probe: must be a string");
    BOOST_TEST(report->refused[2].index == 3U);
    BOOST_TEST(!report->refused[2].id);
    BOOST_TEST(report->refused[3].reason.starts_with("not JSON"));
    BOOST_TEST(report->refused[4].index == 5U);
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_true_does_not_keep_the_others_out) {
    auto bad = sample();
    bad.paths[0].hops[1].ttl = 9;
    auto const report = read_report(
        "[" + json::write(sample()) + "," + json::write(bad) + "," + json::write(sample()) + "]",
        arrival, 3);
    BOOST_REQUIRE(report.has_value());
    BOOST_TEST((report->indices == std::vector<std::uint32_t>{0, 2}));
    BOOST_REQUIRE(report->refused.size() == 1U);
    BOOST_TEST(report->refused[0].index == 1U);
    BOOST_TEST((report->refused[0].id == bad.id));
    BOOST_TEST(report->refused[0].reason == "paths[0].hops[1].ttl: must follow the one before");
}

BOOST_AUTO_TEST_CASE(a_newer_probe_may_say_more) {
    auto text = json::write(sample());
    text.insert(1, R"("novelty":{"a":[1]},)");
    BOOST_TEST(read_report("[" + text + "]", arrival, 100)->traces.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_no_report_at_all_is_a_fault) {
    for (std::string const body : {"", "[", "[{}", "[1,]", "[{}] x"})
        BOOST_TEST(!read_report(body, arrival, 100).has_value(), body);
    BOOST_TEST(read_report("[1,2,3]", arrival, 2).error().reason ==
               "a report must have at most 2 traces");
    BOOST_TEST(read_report("[]", arrival, 2).has_value());
}

BOOST_AUTO_TEST_CASE(deep_nesting_is_refused_without_harm) {
    std::string const deep(100'000, '[');
    BOOST_TEST(!read_report(deep, arrival, 100).has_value());
    auto const report = read_report("{\"x\":" + deep, arrival, 100);
    BOOST_REQUIRE(report.has_value());
    BOOST_TEST(report->refused.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
