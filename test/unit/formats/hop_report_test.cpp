#include <dtrace/formats/hop_report.hpp>
#include <dtrace/formats/trace_csv.hpp>

#include <boost/test/unit_test.hpp>

#include <ip_literal.hpp>
#include <path_text.hpp>

using namespace dtrace;
using namespace dtrace::formats;

BOOST_AUTO_TEST_SUITE(hop_report)

namespace {

HopReport report_of(std::vector<std::string> paths, std::uint32_t rounds = 2) {
    HopReport report;
    report.target = {.host = "www.example.net", .address = test::ip("198.51.100.9")};
    report.took_us = 1'020'000;
    report.rounds = rounds;
    analysis::HopTable table;
    for (std::uint32_t round = 0; round < rounds; ++round)
        table.add(test::trace_of({.paths = paths}));
    report.hops = table.hops();
    return report;
}

}  // namespace

BOOST_AUTO_TEST_CASE(hops_stand_in_mtrs_columns) {
    auto report = report_of({"10.0.0.1 * 198.51.100.9@123456"});
    report.hops[0].responders[0].name = "r1.example.net";
    report.hops[0].responders[0].asn = 64500;
    BOOST_TEST(
        to_hop_report_text(report) ==
        "trace of www.example.net (198.51.100.9), udp, 2 rounds in 1.0 s\n"
        "    Host                                 Loss%           95%    Snt     Last      Avg"
        "     Best     Wrst    StDev     Javg\n"
        "  1 r1.example.net (10.0.0.1) [AS64500]    0.0   0.0 to 39.0      6     1.00     1.00"
        "     1.00     1.00     0.00     0.00\n"
        "  2 *                                    100.0 61.0 to 100.0      6" +
            std::string(54, ' ') +
            "  traffic passes\n"
            "  3 198.51.100.9                           0.0   0.0 to 39.0      6    123.5    123.5"
            "    123.5    123.5     0.00     0.00\n");
}

BOOST_AUTO_TEST_CASE(several_routers_of_a_hop_stand_below_each_other) {
    auto const text = to_hop_report_text(report_of({"10.0.0.1", "10.0.0.2", "10.0.0.2"}));
    BOOST_TEST(text.find("  1 10.0.0.2, 67 %") != std::string::npos, text);
    BOOST_TEST(text.ends_with("\n    10.0.0.1, 33 %\n"), text);
}

BOOST_AUTO_TEST_CASE(a_narrow_page_leaves_out_what_has_no_room) {
    auto report = report_of({"10.0.0.1 * 198.51.100.9@123456", "10.0.0.2 * 198.51.100.9@1"});
    report.hops[0].responders[0].name = "ae-2.core1.lon.carrier.example";
    BOOST_TEST(
        to_hop_report_text(report, 80) ==
        "trace of www.example.net (198.51.100.9), udp, 2 rounds in 1.0 s\n"
        "    Host                   Loss%           95%   Snt   Last    Avg   Best   Wrst\n"
        "  1 ae-2.core1.lo.., 50 %    0.0   0.0 to 24.2    12   1.00   1.00   1.00   1.00\n"
        "    10.0.0.2, 50 %\n"
        "  2 *                      100.0 75.8 to 100.0    12\n"
        "    traffic passes\n"
        "  3 198.51.100.9             0.0   0.0 to 24.2    12   0.00  61.73   0.00  123.5\n");
    auto const wide = to_hop_report_text(report);
    BOOST_TEST(to_hop_report_text(report, 200) == wide);
    for (std::size_t const columns : {0U, 10U, 40U})
        BOOST_TEST(to_hop_report_text(report, columns).find("ae-2.cor.., 50 %") !=
                   std::string::npos);
}

BOOST_AUTO_TEST_CASE(reluctance_is_said) {
    auto const text = to_hop_report_text(report_of({"10.0.0.1:1 198.51.100.9"}, 20));
    BOOST_TEST(text.find("66.7  54.1 to 77.3") != std::string::npos, text);
    BOOST_TEST(text.find("  traffic passes\n") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(rounds_that_this_host_spoiled_are_told) {
    auto report = report_of({"10.0.0.1"});
    report.left_out = 3;
    auto const text = to_hop_report_text(report);
    BOOST_TEST(text.find("\n3 more left out: replies found no room in this host's receive "
                         "buffers\n") != std::string::npos,
               text);
}

BOOST_AUTO_TEST_CASE(a_name_cannot_command_a_terminal) {
    auto report = report_of({"10.0.0.1"});
    report.hops[0].responders[0].name = "a\x1B[2Jb";
    BOOST_TEST(to_hop_report_text(report).find('\x1B') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(values_separated_by_commas) {
    auto report = report_of({"10.0.0.1 *"});
    report.hops[0].responders[0].name = "=r1,\"x\"";
    report.hops[0].responders[0].asn = 64500;
    BOOST_TEST(
        to_hop_report_csv(report) ==
        "target,ttl,from,name,asn,sent,answered,unanswered,low,high,passes,last_us,mean_us,"
        "best_us,worst_us,deviation_us,jitter_us\r\n"
        "www.example.net,1,10.0.0.1,\"'=r1,\"\"x\"\"\",64500,6,6,0.0000,0.0000,0.3903,false,1000,"
        "1000,1000,1000,0,0\r\n"
        "www.example.net,2,,,,6,0,1.0000,0.6097,1.0000,false,,,,,,\r\n");
}

BOOST_AUTO_TEST_CASE(a_trace_as_values_separated_by_commas) {
    auto trace =
        test::trace_of({.paths = {"10.0.0.1:1 *"}, .at = Timestamp{}, .target = "192.0.2.9"});
    trace.id = Uuid{};
    BOOST_TEST(trace_csv_header() ==
               "trace,probe,measurement,target,started_at,flow,ttl,sent,from,name,kind,rtt_us\r\n");
    BOOST_TEST(
        to_trace_csv(trace) ==
        "00000000-0000-0000-0000-000000000000,n1,m,192.0.2.9,1970-01-01T00:00:00.000000Z,0,1,"
        "3,10.0.0.1,,time_exceeded,1000\r\n"
        "00000000-0000-0000-0000-000000000000,n1,m,192.0.2.9,1970-01-01T00:00:00.000000Z,0,2,"
        "3,,,,\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
