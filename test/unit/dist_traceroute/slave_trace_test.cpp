#include <dtrace/dist_traceroute/slave_trace.hpp>

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::dist_traceroute;

namespace {

Timestamp const now = *parse<Timestamp>("2026-11-22T14:00:00Z");

SlaveHop hop(std::int64_t ttl, char const* address, std::int64_t elapsed_ns = 30'000,
             char const* host = "") {
    return {boost::asio::ip::make_address_v4(address), host, elapsed_ns, ttl};
}

struct SlaveTraceFixture {
    SlaveResult result;
    SlaveMeasurement about{.measurement = MeasurementName{make_uuid_from_name("m"), "Target one"},
                           .host = "10.77.4.2",
                           .retries = 1};

    SlaveTraceFixture() {
        result.id = *parse<Uuid>("1fb82357-1b74-4369-8f9a-fb4feef0a92b");
        result.started_at = *parse<Timestamp>("2026-11-22T13:29:01.065147Z");
        result.target_name = "Targetone";
        result.target_address = "10.77.4.2";
    }
    [[nodiscard]] Trace trace() const { return to_trace(result, "s1", about, now); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(slave_trace, SlaveTraceFixture)

BOOST_AUTO_TEST_CASE(hops_that_were_left_out_are_silent) {
    result.hops = {hop(2, "10.77.0.2", 92'458, "r1.example.net."), hop(4, "10.77.4.2", 1'000'500)};
    auto const got = trace();
    BOOST_TEST(got.probe == "s1");
    BOOST_TEST((got.measurement == about.measurement));
    BOOST_TEST(got.target.host == "10.77.4.2");
    BOOST_TEST(to_text(*got.target.address) == "10.77.4.2");
    BOOST_TEST(to_text(got.started_at) == "2026-11-22T13:29:01.065147Z");
    BOOST_TEST((got.stop_reason == StopReason::completed));
    BOOST_TEST(!got.error);
    BOOST_REQUIRE(got.paths.size() == 1U);
    auto const& path = got.paths.front();
    BOOST_TEST(path.reached);
    BOOST_TEST(!path.source_port);
    BOOST_TEST(path.destination_port.value_or(0) == 33434);
    BOOST_REQUIRE(path.hops.size() == 4U);
    BOOST_TEST(path.hops[0].sent == 2U);
    BOOST_TEST(path.hops[0].answers.empty());
    BOOST_TEST(path.hops[1].sent == 1U);
    auto const& router = path.hops[1].answers.at(0);
    BOOST_TEST(router.rtt_us == 92U);
    BOOST_TEST(router.name.value_or("") == "r1.example.net");
    BOOST_TEST((router.kind == ReplyKind::time_exceeded));
    BOOST_TEST((path.hops[3].answers.at(0).kind == ReplyKind::port_unreachable));
    BOOST_TEST(got.packets.sent == 6U);
    BOOST_TEST(got.packets.answered == 2U);
    BOOST_TEST(got.took_us == 1092U);
}

BOOST_AUTO_TEST_CASE(success_is_not_believed) {
    result.hops = {hop(1, "10.77.0.2")};
    auto const got = trace();
    BOOST_TEST((got.stop_reason == StopReason::hop_limit));
    BOOST_TEST(!got.paths.front().reached);
    BOOST_TEST(!got.error);
}

BOOST_AUTO_TEST_CASE(a_target_by_name_is_known_by_its_own_name_only) {
    about.host = "www.example.net";
    result.hops = {hop(1, "10.77.4.2", 1000, "www.example.net.")};
    BOOST_TEST((trace().stop_reason == StopReason::completed));
    result.hops = {hop(1, "10.77.4.2", 1000, "host.example.net.")};
    auto const got = trace();
    BOOST_TEST((got.stop_reason == StopReason::hop_limit));
    BOOST_TEST(got.error.value_or("").find("not known") != std::string::npos);
    BOOST_TEST(!got.target.address);
}

BOOST_AUTO_TEST_CASE(an_empty_result_is_a_recorded_failure) {
    auto const got = trace();
    BOOST_TEST((got.stop_reason == StopReason::error));
    BOOST_TEST(got.error.value_or("") == "nobody answered the slave");
    BOOST_TEST(got.paths.empty());
    about.host = "no-such-host.invalid";
    BOOST_TEST(trace().error.value_or("").find("or the name was not found") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_true_is_a_recorded_failure) {
    for (auto const& wrong : {hop(0, "10.77.0.2"), hop(101, "10.77.0.2"), hop(-1, "10.77.0.2"),
                              hop(1, "0.0.0.0"), hop(1, "10.77.0.2", 3'600'000'000'000)}) {
        result.hops = {wrong};
        auto const got = trace();
        BOOST_TEST((got.stop_reason == StopReason::error));
        BOOST_TEST(got.error.value_or("").starts_with("the slave reported"));
    }
    result.hops.assign(50'000, hop(1, "10.77.0.2"));
    BOOST_TEST((trace().stop_reason == StopReason::error));
}

BOOST_AUTO_TEST_CASE(a_negative_time_and_a_bad_name_do_not_spoil_the_rest) {
    result.hops = {hop(1, "10.77.0.2", -5, "bad host")};
    auto const got = trace();
    auto const& answer = got.paths.at(0).hops.at(0).answers.at(0);
    BOOST_TEST(answer.rtt_us == 0U);
    BOOST_TEST(!answer.name);
}

BOOST_AUTO_TEST_CASE(two_answers_at_one_ttl_are_two_packets) {
    result.hops = {hop(1, "10.77.0.2"), hop(1, "10.77.0.3")};
    auto const got = trace();
    BOOST_TEST(got.paths.at(0).hops.at(0).sent == 2U);
    BOOST_TEST(got.paths.at(0).hops.at(0).answers.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_result_that_comes_again_is_the_same_trace) {
    result.hops = {hop(1, "10.77.0.2")};
    auto const got = trace();
    BOOST_TEST(is_from_slave(got));
    BOOST_TEST((to_trace(result, "s1", about, now + seconds(30)).id == got.id));
    BOOST_TEST((to_trace(result, "s2", about, now).id != got.id));
    result.id = std::nullopt;  // a zero uuid
    auto const without = trace();
    BOOST_TEST((without.id != got.id));
    result.started_at = *result.started_at + seconds(60);
    BOOST_TEST((trace().id != without.id));
}

BOOST_AUTO_TEST_CASE(the_id_tells_the_start_and_is_of_version_8) {
    auto const id = trace().id;
    BOOST_TEST(to_text(id).substr(0, 13) == "01a20372-2189");
    BOOST_TEST(int(id.bytes[6] >> 4) == 8);
    BOOST_TEST(int(id.bytes[8] >> 6) == 2);
}

BOOST_AUTO_TEST_CASE(a_start_that_cannot_be_true_is_the_time_of_arrival) {
    std::optional<Timestamp> const long_ago = *parse<Timestamp>("1999-01-01T00:00:00Z");
    std::optional<Timestamp> const ahead = now + std::chrono::days(2);
    for (auto const& start : {std::optional<Timestamp>(), long_ago, ahead}) {
        result.started_at = start;
        auto const got = trace();
        BOOST_TEST((got.started_at == now));
        BOOST_TEST((to_trace(result, "s1", about, now + seconds(9)).id == got.id));
    }
}

BOOST_AUTO_TEST_SUITE_END()
