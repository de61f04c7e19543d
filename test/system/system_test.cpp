#include "world.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/json/read.hpp>

#include <boost/test/unit_test.hpp>

#include <set>

using namespace dtrace;
using namespace dtrace::test;
namespace asio = boost::asio;

namespace {

constexpr auto four_targets = R"({
    "Targets": {
        "00000000-0000-0000-0000-000000000001": {"Name": "udp", "Address": "target.test", "IntervalSeconds": 1},
        "00000000-0000-0000-0000-000000000002": {"Name": "tcp", "Address": "target.test", "Method": "tcp", "Flows": 16},
        "00000000-0000-0000-0000-000000000003": {"Name": "icmp6", "Address": "2001:db8:9::9", "Method": "icmp", "Flows": 4},
        "00000000-0000-0000-0000-000000000004": {"Name": "nowhere", "Address": "nowhere.test"}
    },
    "Retries": 2, "MaxHops": 20, "TimeoutMs": 500
})";

struct Diamond : World {
    Diamond() {
        build("diamond", four_targets);
        resolver.hosts["target.test"] = IpV4({198, 51, 100, 9});
        resolver.names[IpV4({10, 0, 0, 1})] = "r1.example.net";
    }
};

std::string first_answers(Path const& path) {
    std::string text;
    for (auto const& hop : path.hops)
        text += hop.answers.empty() ? "* " : to_text(hop.answers.front().from) + " ";
    return text;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(whole_system, Diamond)

BOOST_AUTO_TEST_CASE(packets_become_traces_of_the_api) {
    run([&]() -> asio::awaitable<void> {
        co_await start_master();
        co_await start_probe();

        auto const udp = co_await traces("measurement=udp", 1);
        auto const& trace = udp.back();
        BOOST_TEST((trace.stop_reason == StopReason::completed));
        BOOST_TEST(trace.probe == "n1");
        BOOST_TEST(trace.measurement.value().name == "udp");
        BOOST_TEST(trace.target.host == "target.test");
        BOOST_TEST(trace.paths.at(0).hops.at(0).answers.at(0).name.value() == "r1.example.net");
        BOOST_TEST(trace.packets.answered == trace.packets.sent);
        BOOST_TEST(trace.packets.foreign == 0u);

        auto const tcp = co_await traces("measurement=tcp", 1);
        std::set<std::string> paths;
        for (auto const& path : tcp.front().paths)
            paths.insert(first_answers(path));
        std::set<std::string> const branches{"10.0.0.1 10.0.0.11 10.0.0.2 198.51.100.9 ",
                                             "10.0.0.1 10.0.0.12 10.0.0.2 198.51.100.9 ",
                                             "10.0.0.1 10.0.0.13 10.0.0.2 198.51.100.9 ",
                                             "10.0.0.1 10.0.0.14 10.0.0.15 10.0.0.2 198.51.100.9 "};
        BOOST_TEST(paths == branches, boost::test_tools::per_element());

        auto const icmp = co_await traces("measurement=icmp6", 1);
        BOOST_TEST((icmp.front().stop_reason == StopReason::completed));
        BOOST_TEST(icmp.front().target.address.value().is_v6());

        auto const nowhere = co_await traces("measurement=nowhere", 1);
        BOOST_TEST((nowhere.front().stop_reason == StopReason::error));
        BOOST_TEST(nowhere.front().error.value() == "no such host: nowhere.test");
        BOOST_TEST(!nowhere.front().target.address.has_value());

        auto const one = co_await get("/api/v1/traces/" + to_text(trace.id));
        auto const same = json::read<Trace>(one, json::UnknownKeys::refuse);
        BOOST_REQUIRE(same.has_value());
        BOOST_TEST((*same == trace));

        co_await stop_probe();
        co_await stop_master();
    });
    BOOST_TEST(log.text().find("first secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_was_measured_while_the_master_was_away_arrives_once) {
    run([&]() -> asio::awaitable<void> {
        co_await start_master();
        co_await start_probe();
        co_await traces("measurement=udp", 1);
        co_await stop_master();
        while (probe_status().outbox_waiting < 4)
            co_await async::sleep_for(milliseconds(20));
        co_await start_master();
        while (probe_status().outbox_waiting > 0)
            co_await async::sleep_for(milliseconds(20));
        co_await stop_probe();
        auto const all = co_await traces("limit=1000", 1);
        std::set<Uuid> ids;
        for (auto const& trace : all)
            ids.insert(trace.id);
        BOOST_TEST(ids.size() == all.size());
        BOOST_TEST(all.size() == rounds_started);
        co_await stop_master();
    });
}

BOOST_AUTO_TEST_CASE(a_wire_that_doubles_and_reorders_changes_no_result) {
    wire_options.duplicate = 0.3;
    wire_options.reorder = 0.3;
    run([&]() -> asio::awaitable<void> {
        co_await start_master();
        co_await start_probe();
        auto const tcp = co_await traces("measurement=tcp", 1);
        BOOST_TEST((tcp.front().stop_reason == StopReason::completed));
        BOOST_TEST(tcp.front().packets.answered == tcp.front().packets.sent);
        BOOST_TEST(tcp.front().packets.duplicate > 0u);
        co_await stop_probe();
        co_await stop_master();
    });
}

BOOST_AUTO_TEST_SUITE_END()
