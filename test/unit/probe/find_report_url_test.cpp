#include "assignment/find_report_url.hpp"

#include "log_capture.hpp"

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::probe;
using dtrace::test::LogCapture;

BOOST_AUTO_TEST_SUITE(find_report_url_of_a_probe)

BOOST_AUTO_TEST_CASE(the_password_goes_in_clear_to_nobody_it_must_not) {
    ProbeOptions options;
    options.master = *http::parse_url("https://master.example.net:8990");
    LogCapture log;
    auto const found = [&](std::optional<std::string> told) {
        Assignment assignment;
        assignment.report_url = std::move(told);
        auto const url = find_report_url(assignment, options, log);
        return url.origin() + url.target;
    };
    std::string const own = "https://master.example.net:8990/api/v1/probe/reports";
    BOOST_TEST(found(std::nullopt) == own);
    BOOST_TEST(found("https://other.example.net/x") == "https://other.example.net:443/x");
    BOOST_TEST(found("http://127.0.0.1:99/x") == "http://127.0.0.1:99/x");
    BOOST_TEST(
        log.count("reports go to the master: the password would pass the network in clear") == 0U);
    BOOST_TEST(found("http://other.example.net/x") == own);
    BOOST_TEST(
        log.count("reports go to the master: the password would pass the network in clear") == 1U);
    options.insecure = true;
    BOOST_TEST(found("http://other.example.net/x") == "http://other.example.net:80/x");
}

BOOST_AUTO_TEST_SUITE_END()
