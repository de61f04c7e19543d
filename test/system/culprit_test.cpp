#include "world.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/model/event.hpp>

#include <boost/describe/class.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::test;
namespace asio = boost::asio;

namespace {

// What a client reads of the answers.

struct Place {
    std::vector<IpAddress> addresses;
    std::optional<std::string> probe;
};
BOOST_DESCRIBE_STRUCT(Place, (), (addresses, probe))

struct Segment {
    Place from;
    Place to;
};
BOOST_DESCRIBE_STRUCT(Segment, (), (from, to))

struct Culprit {
    Uuid id;
    bool open = false;
    std::optional<std::string> access;
    Segment segment;
    EstimateRange loss;
    std::uint32_t probes = 0;
};
BOOST_DESCRIBE_STRUCT(Culprit, (), (id, open, access, segment, loss, probes))

struct CulpritList {
    std::vector<Culprit> culprits;
};
BOOST_DESCRIBE_STRUCT(CulpritList, (), (culprits))

struct EventList {
    std::vector<Event> events;
};
BOOST_DESCRIBE_STRUCT(EventList, (), (events))

struct GraphNode {
    std::optional<IpAddress> address;
    std::optional<std::string> probe;
    std::string kind;
};
BOOST_DESCRIBE_STRUCT(GraphNode, (), (address, probe, kind))

struct GraphLink {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::uint32_t flows = 0;
    std::optional<EstimateRange> loss;
    std::optional<Uuid> culprit;
};
BOOST_DESCRIBE_STRUCT(GraphLink, (), (from, to, flows, loss, culprit))

struct Graph {
    std::vector<GraphNode> nodes;
    std::vector<GraphLink> links;
};
BOOST_DESCRIBE_STRUCT(Graph, (), (nodes, links))

std::string text_of(Place const& place) {
    return place.addresses.empty() ? "*" : to_text(place.addresses.front());
}

using Wanted = std::function<bool(Culprit const&)>;

struct SharedCore : World {
    SharedCore() {
        watch_options.window = seconds(5);
        watch_options.verdict_every = milliseconds(300);
        watch_options.close_after = milliseconds(1500);
        build("shared_core", two_targets);
    }

    void set_loss(double loss) { set_loss("upper", "c2", loss); }
    void set_loss(std::string const& from, std::string const& to, double loss) {
        change([&](sim::Topology& topology) {
            for (auto& link : topology.links)
                if (link.nodes == std::vector<std::string>{from, to}) link.loss = loss;
        });
    }

    asio::awaitable<void> start_probes() {
        for (int i = 1; i <= 3; ++i)
            co_await start_probe("n" + std::to_string(i), "p" + std::to_string(i));
    }

    template <class T>
    asio::awaitable<T> ask(std::string path) {
        auto const body = co_await get(std::move(path));
        auto value = json::read<T>(body, json::UnknownKeys::ignore);
        BOOST_REQUIRE_MESSAGE(value, body);
        co_return *std::move(value);
    }

    /// Asks until the culprit is there that `wanted` takes.
    asio::awaitable<Culprit> culprit(Wanted wanted) {
        for (;;) {
            auto const list = co_await ask<CulpritList>("/api/v1/culprits");
            auto const found = std::ranges::find_if(list.culprits, wanted);
            if (found != list.culprits.end()) co_return *found;
            bool const waited = co_await async::sleep_for(milliseconds(50));
            BOOST_REQUIRE(waited);
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(culprits, SharedCore)

BOOST_AUTO_TEST_CASE(a_lossy_link_is_found_shown_and_acquitted) {
    set_loss(0.25);
    run([&]() -> asio::awaitable<void> {
        co_await start_master();
        co_await start_probes();

        Wanted const on_the_link = [](Culprit const& each) {
            return each.open && each.probes == 3 && text_of(each.segment.from) == "10.0.0.11" &&
                   text_of(each.segment.to) == "10.0.0.2";
        };
        auto const found = co_await culprit(on_the_link);
        BOOST_TEST(found.loss.low < 0.3);
        BOOST_TEST(found.loss.high > 0.2);
        auto const opened = co_await ask<EventList>("/api/v1/events?kind=culprit_opened");
        BOOST_REQUIRE(!opened.events.empty());
        BOOST_TEST((opened.events.back().evidence.culprit == found.id));

        // Trouble brought depth, from all probes.
        std::set<std::string> deep;
        while (deep.size() < 3) {
            auto const list = co_await traces("limit=200", 1);
            for (auto const& trace : list)
                if (trace.paths.size() == 64) deep.insert(trace.probe);
            bool const waited = co_await async::sleep_for(milliseconds(50));
            BOOST_REQUIRE(waited);
        }

        // With a window as short as this one a culprit may close and open again.
        auto const is_marked = [](auto const& link) { return link.culprit.has_value(); };
        auto graph = co_await ask<Graph>("/api/v1/graph");
        while (std::ranges::none_of(graph.links, is_marked)) {
            bool const waited = co_await async::sleep_for(milliseconds(50));
            BOOST_REQUIRE(waited);
            graph = co_await ask<Graph>("/api/v1/graph");
        }
        // A hop that lost all its answers in some round is silent there.
        auto const silent = std::ranges::count_if(
            graph.nodes, [](auto const& node) { return node.kind == "silent"; });
        BOOST_TEST(static_cast<long>(graph.nodes.size()) - silent == 13);
        auto const marked = std::ranges::find_if(graph.links, is_marked);
        BOOST_TEST(to_text(graph.nodes[marked->from].address.value()) == "10.0.0.11");
        BOOST_TEST(to_text(graph.nodes[marked->to].address.value()) == "10.0.0.2");
        BOOST_TEST(marked->loss->estimate > 0.1);

        set_loss(0);
        auto const id = marked->culprit.value();
        Wanted const closed_again = [id](Culprit const& each) {
            return each.id == id && !each.open;
        };
        co_await culprit(closed_again);
        auto const closed = co_await ask<EventList>("/api/v1/events?kind=culprit_closed");
        BOOST_TEST(std::ranges::any_of(
            closed.events, [&](Event const& event) { return event.evidence.culprit == id; }));
        co_await stop_probe();
        co_await stop_master();
    });
}

BOOST_AUTO_TEST_CASE(a_lossy_access_is_found_shown_and_acquitted) {
    set_loss("p1", "a1", 0.25);
    run([&]() -> asio::awaitable<void> {
        co_await start_master();
        co_await start_probes();
        Wanted const the_access = [](Culprit const& each) { return each.open && each.access; };
        auto const found = co_await culprit(the_access);
        BOOST_TEST(found.access.value() == "n1");
        BOOST_TEST(found.segment.from.probe.value() == "n1");
        BOOST_TEST(text_of(found.segment.to) == "10.0.1.1");
        BOOST_TEST(found.probes == 1U);
        auto const opened = co_await ask<EventList>("/api/v1/events?kind=culprit_opened");
        BOOST_REQUIRE(opened.events.size() == 1U);
        BOOST_TEST((opened.events[0].evidence.culprit == found.id));

        auto const graph = co_await ask<Graph>("/api/v1/graph");
        for (auto const& link : graph.links)
            if (link.culprit) {
                BOOST_TEST((link.culprit == found.id));
                BOOST_TEST(graph.nodes[link.from].probe.value() == "n1");
            }
        BOOST_TEST(std::ranges::any_of(graph.links,
                                       [](auto const& link) { return link.culprit.has_value(); }));

        set_loss("p1", "a1", 0);
        Wanted const closed_again = [id = found.id](Culprit const& each) {
            return each.id == id && !each.open;
        };
        co_await culprit(closed_again);
        auto const closed = co_await ask<EventList>("/api/v1/events?kind=culprit_closed");
        BOOST_TEST(std::ranges::any_of(closed.events, [&](Event const& event) {
            return event.closes == opened.events[0].id;
        }));
        co_await stop_probe();
        co_await stop_master();
    });
}

BOOST_AUTO_TEST_CASE(a_restart_of_the_master_goes_on_with_the_culprit) {
    set_loss(0.3);
    run([&]() -> asio::awaitable<void> {
        co_await start_master();
        co_await start_probes();
        Wanted const open = [](Culprit const& each) { return each.open; };
        auto const found = co_await culprit(open);
        co_await stop_master();
        co_await start_master();
        Wanted const the_same = [id = found.id](Culprit const& each) { return each.id == id; };
        auto const again = co_await culprit(the_same);
        BOOST_TEST(again.open);
        set_loss(0);
        Wanted const closed_again = [id = found.id](Culprit const& each) {
            return each.id == id && !each.open;
        };
        co_await culprit(closed_again);
        co_await stop_probe();
        co_await stop_master();
    });
}

BOOST_AUTO_TEST_SUITE_END()
