#include "world.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/http/server.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/model/event.hpp>

#include <boost/describe/class.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::test;
namespace asio = boost::asio;

namespace {

// What a receiver reads of an alert.

struct ToldWitness {
    std::string probe;
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;
};
BOOST_DESCRIBE_STRUCT(ToldWitness, (), (probe, sent, answered))

struct ToldAlert {
    Uuid id;
    std::string kind;
    std::string state;
    std::string text;
    std::optional<EventLink> link;
    std::optional<EstimateRange> loss;
    std::optional<std::vector<ToldWitness>> witnesses;
    std::optional<Uuid> closes;
    std::optional<std::string> url;
};
BOOST_DESCRIBE_STRUCT(ToldAlert, (), (id, kind, state, text, link, loss, witnesses, closes, url))

/// A network whose link upper – c2 loses packets, and two receivers: one of everything about
/// culprits, one of those that lose 40 % and more.
struct AlertedWorld : World {
    std::map<std::string, std::vector<ToldAlert>> told;  ///< by the receiver's path
    http::Router hooks{{{http::Verb::post, "/{name}", "takes alerts",
                         [this](http::Request const& request) { return take(request); }}}};

    AlertedWorld() {
        watch_options.window = seconds(5);
        watch_options.verdict_every = milliseconds(300);
        watch_options.close_after = milliseconds(1500);
        build("shared_core", two_targets);
    }

    asio::awaitable<http::Response> take(http::Request const& request) {
        auto alert = json::read<ToldAlert>(request.body, json::UnknownKeys::ignore);
        BOOST_REQUIRE_MESSAGE(alert, request.body);
        told[request.path].push_back(*std::move(alert));
        co_return http::Response{.status = 204, .headers = {}, .body = {}};
    }

    void lose(double loss) {
        change([&](sim::Topology& topology) {
            for (auto& link : topology.links)
                if (link.nodes == std::vector<std::string>{"upper", "c2"}) link.loss = loss;
        });
    }

    /// Waits for an alert of this kind about the link.
    asio::awaitable<ToldAlert> alert(std::string receiver, std::string kind) {
        EventLink const link{"10.0.0.11", "10.0.0.2"};
        for (;;) {
            auto const& all = told[receiver];
            auto const found = std::ranges::find_if(
                all, [&](auto const& each) { return each.kind == kind && each.link == link; });
            if (found != all.end()) co_return *found;
            bool const waited = co_await async::sleep_for(milliseconds(20));
            BOOST_REQUIRE(waited);
        }
    }

    void write_alerts(Port port) {
        auto const hook = [&](std::string const& name) {
            return R"("Url":"http://127.0.0.1:)" + std::to_string(port) + "/" + name + "\"";
        };
        alerts_file = dir / "alerts.json";
        write_file(alerts_file, R"({"Receivers":[{"Name":"all",)" + hook("all") +
                                    R"(},{"Name":"severe","MinLossPercent":40,)" + hook("severe") +
                                    "}]}");
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(alerts_of_culprits, AlertedWorld)

BOOST_AUTO_TEST_CASE(a_culprit_is_told_as_it_opens_grows_and_closes) {
    lose(0.2);
    run([&]() -> asio::awaitable<void> {
        http::ServerOptions options{.listen = "127.0.0.1"};
        http::Server server(io.get_executor(), std::move(options), hooks, log);
        BOOST_REQUIRE(server.open());
        async::TaskGroup tasks(io.get_executor(), log);
        tasks.spawn("receivers", server.serve());
        write_alerts(server.local_port());
        co_await start_master();
        for (int i = 1; i <= 3; ++i)
            co_await start_probe("n" + std::to_string(i), "p" + std::to_string(i));

        auto const opened = co_await alert("/all", "culprit_opened");
        BOOST_TEST(opened.state == "opened");
        BOOST_TEST(opened.loss.value().low < 0.3);
        BOOST_TEST(opened.text.find("10.0.0.11 → 10.0.0.2 loses ") == 0U);
        BOOST_REQUIRE(opened.witnesses.has_value());
        BOOST_TEST(!opened.witnesses->empty());
        for (auto const& witness : *opened.witnesses)
            BOOST_TEST(witness.answered < witness.sent, witness.probe);
        BOOST_TEST(opened.url.value().starts_with("https://dtrace.example.net/#/paths?culprit="));

        lose(0.8);
        auto const grew = co_await alert("/severe", "culprit_grew");
        BOOST_TEST(grew.state == "changed");
        BOOST_TEST(grew.loss.value().estimate >= 0.4);

        lose(0);
        auto const closed = co_await alert("/all", "culprit_closed");
        BOOST_TEST(closed.state == "closed");
        auto const severe_closed = co_await alert("/severe", "culprit_closed");
        BOOST_TEST((severe_closed.closes == closed.closes));
        auto const& severe = told["/severe"];
        BOOST_TEST(std::ranges::none_of(severe, [&](auto const& each) {
            return each.kind == "culprit_opened" && each.loss->estimate < 0.4;
        }));
        co_await stop_probe();
        co_await stop_master();
        co_await tasks.join(seconds(5));
    });
}

BOOST_AUTO_TEST_SUITE_END()
