#include "metrics/exposition.hpp"

#include "metrics/exposition_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <string>

using namespace dtrace;
using master::Exposition;
using master::MetricFormat;
using master::MetricType;
using test::ExpositionReader;

BOOST_AUTO_TEST_SUITE(exposition)

BOOST_AUTO_TEST_CASE(a_metric_has_its_help_its_type_and_its_samples) {
    Exposition out;
    out.metric("dtrace_x_total", MetricType::counter, "What it is.");
    out.sample({}, 1);
    out.sample({{"a", "b"}, {"c", ""}}, 0.25);
    BOOST_TEST(std::move(out).take() ==
               "# HELP dtrace_x_total What it is.\n"
               "# TYPE dtrace_x_total counter\n"
               "dtrace_x_total 1\n"
               "dtrace_x_total{a=\"b\",c=\"\"} 0.25\n");
}

BOOST_AUTO_TEST_CASE(open_metrics_names_families_and_says_where_it_ends) {
    static constexpr double bounds[] = {0.5, 1};
    Exposition out(MetricFormat::open_metrics);
    out.counter("dtrace_x_total", "What it is.", 1);
    out.metric("x_seconds", MetricType::histogram, "h");
    out.sample({}, Histogram(bounds));
    BOOST_TEST(std::move(out).take() ==
               "# HELP dtrace_x What it is.\n"
               "# TYPE dtrace_x counter\n"
               "dtrace_x_total 1\n"
               "# HELP x_seconds h\n"
               "# TYPE x_seconds histogram\n"
               "x_seconds_bucket{le=\"0.5\"} 0\n"
               "x_seconds_bucket{le=\"1.0\"} 0\n"
               "x_seconds_bucket{le=\"+Inf\"} 0\n"
               "x_seconds_sum 0\n"
               "x_seconds_count 0\n"
               "# EOF\n");
}

BOOST_AUTO_TEST_CASE(who_names_open_metrics_gets_it) {
    for (auto const* accept : {"application/openmetrics-text",
                               "text/plain;q=0.3, application/openmetrics-text;version=1.0.0",
                               "application/openmetrics-text;version=1.0.0;q=0.5,"
                               "application/openmetrics-text;version=0.0.1;q=0.4,"
                               "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"})
        BOOST_TEST((master::metric_format(accept) == MetricFormat::open_metrics), accept);
    for (auto const* accept :
         {"", "*/*", "text/plain;version=0.0.4", "application/openmetrics-text;q=0",
          "application/openmetrics-text;q=0.1, text/plain",
          "text/plain;q=0.25;x=1,application/openmetrics-text;q=0.2"})
        BOOST_TEST((master::metric_format(accept) == MetricFormat::prometheus), accept);
}

BOOST_AUTO_TEST_CASE(labels_are_escaped_and_come_back_as_they_were) {
    std::string const odd = "a \"quoted\" \\ back\nline → ü";
    Exposition out;
    out.metric("x", MetricType::gauge, "h");
    out.sample({{"name", odd}}, 7);
    ExpositionReader const read(std::move(out).take());
    BOOST_TEST(read.value("x", {{"name", odd}}) == 7);
}

BOOST_AUTO_TEST_CASE(numbers_keep_their_last_digit) {
    Exposition out;
    out.metric("x", MetricType::gauge, "h");
    out.sample({{"n", "time"}}, 1'790'000'000.123456);
    out.sample({{"n", "large"}}, 12'345'678'901'234);
    out.sample({{"n", "endless"}}, INFINITY);
    ExpositionReader const read(std::move(out).take());
    BOOST_TEST(read.value("x", {{"n", "time"}}) == 1'790'000'000.123456);
    BOOST_TEST(read.value("x", {{"n", "large"}}) == 12'345'678'901'234);
    BOOST_TEST(std::isinf(read.value("x", {{"n", "endless"}})));
}

BOOST_AUTO_TEST_CASE(a_histogram_adds_up) {
    static constexpr double bounds[] = {0.5, 1};
    Histogram values(bounds);
    for (double const value : {0.1, 0.5, 0.6, 3.0})
        values.note(value);
    Exposition out;
    out.metric("x_seconds", MetricType::histogram, "h");
    out.sample({{"route", "/"}}, values);
    BOOST_TEST(std::move(out).take() ==
               "# HELP x_seconds h\n"
               "# TYPE x_seconds histogram\n"
               "x_seconds_bucket{route=\"/\",le=\"0.5\"} 2\n"
               "x_seconds_bucket{route=\"/\",le=\"1\"} 3\n"
               "x_seconds_bucket{route=\"/\",le=\"+Inf\"} 4\n"
               "x_seconds_sum{route=\"/\"} 4.2\n"
               "x_seconds_count{route=\"/\"} 4\n");
}

BOOST_AUTO_TEST_SUITE_END()
