#include "api_fixture.hpp"
#include "metrics/exposition_reader.hpp"
#include "resources/views_culprits.hpp"
#include "sample_traces.hpp"

#include <dtrace/json/write.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <set>
#include <sstream>
#include <string>

using namespace dtrace;
using namespace dtrace::test;

namespace {

struct HandlersMetricsFixture : ApiFixture {
    HandlersMetricsFixture() { set_up(); }

    ExpositionReader scrape() {
        auto const response = get("/metrics");
        BOOST_REQUIRE(response.status == 200U);
        BOOST_TEST(response.headers.find("Content-Type").value_or("") ==
                   "text/plain; version=0.0.4; charset=utf-8");
        return ExpositionReader(response.body);
    }

    void report_of(std::string const& probe, std::string const& secret, Trace const& trace) {
        auto const told =
            answer_as_it_is(as(probe, secret, report('[' + json::write(trace) + ']')));
        BOOST_REQUIRE_MESSAGE(told.status == 200U, told.body);
    }
};

using Labels = ExpositionReader::Labels;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(handlers_metrics, HandlersMetricsFixture)

BOOST_AUTO_TEST_CASE(reports_are_counted_as_they_were_taken) {
    auto trace = sample_trace("n1", first);
    report_of("n1", "one", trace);
    report_of("n1", "one", trace);
    trace.probe = "n2";
    report_of("n1", "one", trace);
    auto const read = scrape();
    BOOST_TEST(read.value("dtrace_traces_total", {{"result", "accepted"}}) == 1);
    BOOST_TEST(read.value("dtrace_traces_total", {{"result", "known"}}) == 1);
    BOOST_TEST(read.value("dtrace_traces_total", {{"result", "refused"}}) == 1);
    BOOST_TEST(read.value("dtrace_store_traces") == 1);
    BOOST_TEST(read.value("dtrace_probe_traces_total", {{"probe", "n1"}}) == 1);
}

BOOST_AUTO_TEST_CASE(open_metrics_has_each_family_once) {
    auto asked = request("/metrics");
    asked.headers.set("Accept", "application/openmetrics-text;version=1.0.0;q=0.5, */*;q=0.1");
    auto const response = answer(asked);
    BOOST_TEST(response.headers.find("Content-Type").value_or("") ==
               "application/openmetrics-text; version=1.0.0; charset=utf-8");
    BOOST_TEST(response.headers.find("Vary").value_or("") == "Accept, Accept-Encoding");
    BOOST_TEST(response.body.ends_with("\n# EOF\n"));
    std::set<std::string> families;
    std::istringstream lines(response.body);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("# TYPE "))
            BOOST_TEST(families.insert(line.substr(7, line.find(' ', 7) - 7)).second, line);
    BOOST_TEST(families.contains("dtrace_traces"));
    BOOST_TEST(!families.contains("dtrace_traces_total"));
}

BOOST_AUTO_TEST_CASE(probes_say_when_they_were_there) {
    auto const before = std::chrono::duration<double>(wall_clock_now().time_since_epoch()).count();
    report_of("n1", "one", sample_trace("n1", first));
    auto const read = scrape();
    BOOST_TEST(read.value("dtrace_probes") == 2);
    BOOST_TEST(read.value("dtrace_measurements") == 2);
    BOOST_TEST(read.value("dtrace_probe_up", {{"probe", "n1"}}) == 1);
    BOOST_TEST(read.value("dtrace_probe_up", {{"probe", "n2"}}) == 0);
    Labels const n1{{"probe", "n1"}};
    BOOST_TEST(read.value("dtrace_probe_last_report_timestamp_seconds", n1) >= before);
    BOOST_TEST(read.value("dtrace_probe_last_seen_timestamp_seconds", n1) >= before);
    BOOST_TEST(!read.has("dtrace_probe_last_report_timestamp_seconds", {{"probe", "n2"}}));
}

BOOST_AUTO_TEST_CASE(the_newest_round_of_each_pair_is_shown) {
    auto trace = sample_trace("n1", first);
    trace.paths[0].hops[1].answers[0].rtt_us = 2'500;
    latest.take(trace, wall_clock_now());
    latest.take(sample_trace("n1", make_uuid_from_name("gone")), wall_clock_now());
    auto const read = scrape();
    Labels const pair{{"probe", "n1"}, {"measurement", "First"}, {"id", std::string(first_id)}};
    BOOST_TEST(read.value("dtrace_round_rtt_seconds", pair) == 0.0025);
    BOOST_TEST(std::abs(read.value("dtrace_round_loss_ratio", pair) - 2.0 / 3) < 1e-9);
    BOOST_TEST(read.value("dtrace_round_reached", pair) == 1);
    BOOST_TEST(read.count("dtrace_round_reached") == 1U);
    BOOST_TEST(read.value("dtrace_rounds_left_out") == 0);
}

BOOST_AUTO_TEST_CASE(pairs_beyond_the_bound_are_left_out_and_counted) {
    figures.max_pairs = 700;
    for (int probe = 0; probe < 1'201; ++probe)
        latest.take(sample_trace("p" + std::to_string(probe), first), wall_clock_now());
    auto const read = scrape();
    BOOST_TEST(read.count("dtrace_round_reached") == 700U);
    BOOST_TEST(read.value("dtrace_rounds_left_out") == 501);
}

BOOST_AUTO_TEST_CASE(an_open_culprit_shows_what_its_link_loses) {
    master::CulpritRecord record;
    record.id = make_uuid_from_name("culprit");
    auto const place = [](char const* address) {
        return analysis::Place{.addresses = {parse<IpAddress>(address).value()}};
    };
    record.segment = {place("192.0.2.1"), place("192.0.2.2")};
    record.loss = {.estimate = 0.07, .low = 0.04, .high = 0.11};
    store.kept_culprits.push_back({.id = record.id,
                                   .first_seen = {},
                                   .last_seen = {},
                                   .open = true,
                                   .content = json::write(record)});
    auto const read = scrape();
    Labels const link{{"from", "192.0.2.1"}, {"to", "192.0.2.2"}, {"id", to_text(record.id)}};
    BOOST_TEST(read.value("dtrace_culprits_open") == 1);
    BOOST_TEST(read.value("dtrace_culprit_loss_ratio", link) == 0.07);
    BOOST_TEST(read.value("dtrace_culprit_loss_low_ratio", link) == 0.04);
    BOOST_TEST(read.value("dtrace_culprit_loss_high_ratio", link) == 0.11);
}

BOOST_AUTO_TEST_CASE(requests_are_counted_by_route_and_not_by_path) {
    http::AccessEntry entry;
    entry.route = "/api/v1/traces/{id}";
    entry.verb = "GET";
    entry.took = milliseconds(3);
    for (unsigned const status : {200U, 200U, 404U}) {
        entry.path = "/api/v1/traces/" + std::to_string(status);
        entry.status = status;
        figures.http.note(entry);
    }
    figures.http.note({.status = 400});
    auto const read = scrape();
    auto const requests = [&](char const* status) {
        return read.value(
            "dtrace_http_requests_total",
            {{"route", "/api/v1/traces/{id}"}, {"method", "GET"}, {"status", status}});
    };
    BOOST_TEST(requests("200") == 2);
    BOOST_TEST(requests("404") == 1);
    BOOST_TEST(read.count("dtrace_http_requests_total") == 3U);
    Labels const route{{"route", "/api/v1/traces/{id}"}};
    BOOST_TEST(read.value("dtrace_http_request_duration_seconds_count", route) == 3);
    BOOST_TEST(std::abs(read.value("dtrace_http_request_duration_seconds_sum", route) - 0.009) <
               1e-9);
}

BOOST_AUTO_TEST_CASE(methods_that_are_none_are_counted_as_one) {
    for (auto const* verb : {"AAAA", "BBBB", "-"})
        figures.http.note({.verb = verb, .status = 501});
    auto const read = scrape();
    BOOST_TEST(read.count("dtrace_http_requests_total") == 1U);
    BOOST_TEST(read.value("dtrace_http_requests_total",
                          {{"route", "none"}, {"method", "other"}, {"status", "501"}}) == 3);
}

BOOST_AUTO_TEST_CASE(bodies_show_what_they_hold_and_how_many_found_no_room) {
    figures.server = [] {
        http::ServerCounters counters;
        counters.body_bytes = 4'096;
        counters.no_room_for_body = 3;
        return counters;
    };
    auto const read = scrape();
    BOOST_TEST(read.value("dtrace_http_body_bytes") == 4'096);
    BOOST_TEST(read.value("dtrace_http_faults_total", {{"fault", "no_room_for_body"}}) == 3);
}

BOOST_AUTO_TEST_CASE(events_are_counted_by_kind) {
    std::vector<Event> events(3);
    events[0].kind = EventKind::culprit_opened;
    figures.note(events);
    auto const read = scrape();
    BOOST_TEST(read.value("dtrace_events_total", {{"kind", "culprit_opened"}}) == 1);
    BOOST_TEST(read.value("dtrace_events_total", {{"kind", "path_changed"}}) == 2);
}

BOOST_AUTO_TEST_CASE(the_process_tells_of_itself) {
    auto const read = scrape();
    BOOST_TEST(read.value("process_resident_memory_bytes") > 1e6);
    BOOST_TEST(read.value("process_open_fds") > 3);
    BOOST_TEST(read.value("process_max_fds") >= read.value("process_open_fds"));
    BOOST_TEST(read.value("process_cpu_seconds_total") > 0);
    BOOST_TEST(read.value("process_start_time_seconds") > 1.7e9);
    BOOST_TEST(read.count("dtrace_build_info") == 1U);
}

BOOST_AUTO_TEST_CASE(a_store_that_fails_does_not_hide_the_rest) {
    store.failure = make_error(boost::system::errc::io_error, "the disk is gone");
    auto const read = scrape();
    BOOST_TEST(read.value("dtrace_store_up") == 0);
    BOOST_TEST(!read.has("dtrace_store_traces"));
    BOOST_TEST(read.value("dtrace_probes") == 2);
}

BOOST_AUTO_TEST_CASE(a_read_that_is_refused_says_nothing_of_culprits_or_the_store) {
    store.refuses_reads = make_error(boost::system::errc::resource_unavailable_try_again, "busy");
    auto const read = scrape();
    BOOST_TEST(read.value("dtrace_store_up") == 1);
    BOOST_TEST(!read.has("dtrace_store_traces"));
    BOOST_TEST(!read.has("dtrace_culprits_open"));
    BOOST_TEST(read.value("dtrace_probes") == 2);
}

BOOST_AUTO_TEST_CASE(many_scrapes_at_once_are_sent_away) {
    figures.scrapes_under_way = 2;
    auto const answer = get("/metrics");
    BOOST_TEST(answer.status == 503U);
    BOOST_TEST(answer.headers.find("Retry-After").value_or("") == "1");
}

BOOST_AUTO_TEST_SUITE_END()
