#include <dtrace/formats/ripe_atlas.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <ip_literal.hpp>
#include <path_text.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::test;
using formats::to_ripe_atlas;

BOOST_AUTO_TEST_SUITE(ripe_atlas)

namespace {

Timestamp const noon(seconds(1'795'348'800));

Trace round_at_noon() {
    auto trace = trace_of({.paths = {"10.0.0.1:2 198.51.100.9", "* 198.51.100.9"}, .at = noon});
    trace.source = ip("192.0.2.1");
    trace.took_us = 1'500'000;
    return trace;
}

boost::json::array results_of(Trace const& trace) {
    return boost::json::parse(to_ripe_atlas({&trace, 1})).as_array();
}

/// What one answer becomes.
boost::json::value reply_to(Answer const& answer) {
    auto trace = round_at_noon();
    trace.paths.front().hops.front().answers = {answer};
    return results_of(trace).at(0).at("result").at(0).at("result").at(0);
}

Answer answer_of(ReplyKind kind) {
    return {.from = ip("10.0.0.1"), .kind = kind, .rtt_us = 1005};
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_flow_has_a_result_with_what_the_format_asks_for) {
    auto const trace = round_at_noon();
    auto const results = results_of(trace);
    BOOST_REQUIRE(results.size() == 2U);
    auto wanted = boost::json::parse(R"({
        "fw":5080,"lts":-1,"msm_id":0,"prb_id":0,"msm_name":"Traceroute","type":"traceroute",
        "timestamp":1795348800,"endtime":1795348802,"proto":"UDP","af":4,"paris_id":1,
        "from":"192.0.2.1","src_addr":"192.0.2.1",
        "dst_name":"198.51.100.9","dst_addr":"198.51.100.9",
        "result":[
          {"hop":1,"result":[{"from":"10.0.0.1","rtt":1.0,"ttl":60},
                             {"from":"10.0.0.1","rtt":1.0,"ttl":60},{"x":"*"}]},
          {"hop":2,"result":[{"from":"198.51.100.9","rtt":2.0,"ttl":60},
                             {"from":"198.51.100.9","rtt":2.0,"ttl":60},
                             {"from":"198.51.100.9","rtt":2.0,"ttl":60}]}],
        "dtrace_probe":"n1","dtrace_measurement":"m"})");
    wanted.as_object()["dtrace_trace"] = to_text(trace.id);
    BOOST_TEST((results[0] == wanted), boost::json::serialize(results[0]));
    BOOST_TEST(results[1].at("paris_id").as_int64() == 2);
    BOOST_TEST(results[1].at("result").at(0).at("result").as_array().size() == 3U);
}

BOOST_AUTO_TEST_CASE(answers_say_what_kind_of_end_they_are) {
    BOOST_TEST(reply_to(answer_of(ReplyKind::net_unreachable)).at("err").as_string() == "N");
    BOOST_TEST(reply_to(answer_of(ReplyKind::host_unreachable)).at("err").as_string() == "H");
    BOOST_TEST(reply_to(answer_of(ReplyKind::prohibited)).at("err").as_string() == "A");
    BOOST_TEST(reply_to(answer_of(ReplyKind::syn_ack)).at("flags").as_string() == "SA");
    BOOST_TEST(reply_to(answer_of(ReplyKind::rst)).at("flags").as_string() == "R");
    auto other = answer_of(ReplyKind::other_unreachable);
    BOOST_TEST(!reply_to(other).as_object().contains("err"));
    other.icmp_code = 2;
    BOOST_TEST(reply_to(other).at("err").as_string() == "P");
    other.icmp_code = 12;
    BOOST_TEST(reply_to(other).at("err").as_int64() == 12);
    auto const port = reply_to(answer_of(ReplyKind::port_unreachable));
    BOOST_TEST(!port.as_object().contains("err"));
    BOOST_TEST(port.at("rtt").as_double() == 1.005);
}

BOOST_AUTO_TEST_CASE(errors_of_six_have_codes_of_their_own) {
    auto other = answer_of(ReplyKind::other_unreachable);
    other.from = ip("2001:db8::1");
    other.icmp_code = 1;  // of a parameter problem: unknown next header
    BOOST_TEST(reply_to(other).at("err").as_string() == "P");
    other.icmp_code = 2;
    BOOST_TEST(reply_to(other).at("err").as_string() == "h");
    other.icmp_code = 9;
    BOOST_TEST(reply_to(other).at("err").as_int64() == 9);
    other.icmp_code = 0;
    other.mtu = 1280;
    BOOST_TEST(!reply_to(other).as_object().contains("err"));
    BOOST_TEST(reply_to(other).at("mtu").as_int64() == 1280);
}

/// RIPE's own reader (ripe.atlas.sagan) refuses a result without the first five, one of firmware 0,
/// of a protocol that it does not know, with an `err` of its own, and one whose `result` is no
/// list. The target has answered where the last hop has an answer from `dst_addr`, which is a
/// success where it has an `rtt` and no `err`.
BOOST_AUTO_TEST_CASE(what_the_reader_of_ripe_wants_is_there) {
    auto trace = round_at_noon();
    trace.paths[0].hops.back().answers[0].kind = ReplyKind::port_unreachable;
    for (auto const method : {Method::udp, Method::tcp, Method::icmp}) {
        trace.method = method;
        for (auto const& value : results_of(trace)) {
            auto const& result = value.as_object();
            for (auto const* name :
                 {"timestamp", "msm_id", "prb_id", "fw", "lts", "af", "endtime", "paris_id"})
                BOOST_TEST(result.at(name).is_int64(), name);
            BOOST_TEST(result.at("fw").as_int64() >= 5000);
            BOOST_TEST(result.at("type").as_string() == "traceroute");
            auto const proto = result.at("proto").as_string();
            BOOST_TEST((proto == "UDP" || proto == "TCP" || proto == "ICMP"), proto);
            BOOST_TEST(!result.contains("err"));
            for (auto const& hop : result.at("result").as_array()) {
                BOOST_TEST(hop.at("hop").is_int64());
                for (auto const& reply : hop.at("result").as_array())
                    BOOST_TEST((reply.as_object().contains("x") ||
                                (reply.at("from").is_string() && reply.at("rtt").is_double())));
            }
            auto const& last = result.at("result").as_array().back().at("result").at(0).as_object();
            BOOST_TEST(last.at("from").as_string() == result.at("dst_addr").as_string());
            BOOST_TEST(last.at("rtt").as_double() > 0);
            BOOST_TEST(!last.contains("err"));
        }
    }
}

BOOST_AUTO_TEST_CASE(answers_say_what_they_carry) {
    auto answer = answer_of(ReplyKind::time_exceeded);
    answer.quoted_ttl = 0;
    answer.mtu = 1400;
    answer.labels = {{.label = 24001, .traffic_class = 3, .bottom = true, .ttl = 1}};
    auto const reply = reply_to(answer);
    BOOST_TEST(reply.at("ittl").as_int64() == 0);
    BOOST_TEST(reply.at("mtu").as_int64() == 1400);
    BOOST_TEST((reply.at("icmpext") == boost::json::parse(R"({"version":2,"rfc4884":1,"obj":[
        {"class":1,"type":1,"mpls":[{"label":24001,"exp":3,"s":1,"ttl":1}]}]})")));
}

BOOST_AUTO_TEST_CASE(a_trace_without_paths_says_why) {
    Trace trace;
    trace.target.host = "x\"<>.example";
    trace.error = "no such name";
    auto const results = results_of(trace);
    BOOST_REQUIRE(results.size() == 1U);
    auto const& result = results[0].as_object();
    BOOST_TEST(result.at("result").at(0).at("error").as_string() == "no such name");
    BOOST_TEST(result.at("dst_name").as_string() == "x\"<>.example");
    for (auto const* absent : {"dst_addr", "src_addr", "from", "dtrace_measurement"})
        BOOST_TEST(!result.contains(absent), absent);
    BOOST_TEST(boost::json::parse(to_ripe_atlas({})).as_array().empty());
}

BOOST_AUTO_TEST_CASE(six_is_six_and_hops_that_nothing_was_sent_to_are_left_out) {
    auto trace = trace_of({.paths = {"10.0.0.1"}, .at = noon});
    trace.target.address.reset();
    trace.source = ip("2001:db8::9");
    trace.paths[0].hops.insert(trace.paths[0].hops.begin(), {.ttl = 1, .sent = 0});
    auto const results = results_of(trace);
    BOOST_TEST(results[0].at("af").as_int64() == 6);
    BOOST_TEST(results[0].at("result").as_array().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
