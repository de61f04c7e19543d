#include "live/live_feed.hpp"

#include "live/tell_live.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>

using namespace dtrace;
using namespace dtrace::master;

namespace {

struct LiveFeedFixture {
    boost::asio::io_context io{1};
    Timestamp started{seconds(1'795'000'000)};
    LiveFeed feed{io.get_executor(), started, {.items = 4, .bytes = 100'000, .listeners = 2}};

    void publish(std::string json, LiveKind kind = LiveKind::trace, std::string probe = "n1") {
        feed.publish({.kind = kind, .probe = std::move(probe), .measurement = "m", .json = json});
    }
    /// The data of each event, or "missed" with how many.
    static std::string told(std::string const& text) {
        std::string result;
        for (std::size_t at = text.find("event: "); at != std::string::npos;
             at = text.find("event: ", at + 1)) {
            auto const kind = text.substr(at + 7, text.find('\n', at) - at - 7);
            auto const data = text.find("data: ", at) + 6;
            if (kind == "missed") result += "missed";
            result += text.substr(data, text.find('\n', data) - data) + ' ';
        }
        return result;
    }
    static std::string last_id(std::string const& text) {
        auto const at = text.rfind("id: ") + 4;
        return text.substr(at, text.find('\n', at) - at);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(the_live_feed, LiveFeedFixture)

BOOST_AUTO_TEST_CASE(a_listener_hears_what_happens_from_then_on) {
    publish("0");
    LiveFeed::Listener listener(feed, {}, "");
    BOOST_TEST(listener.take() == "");
    publish("1");
    publish("2", LiveKind::event);
    auto const text = listener.take();
    BOOST_TEST(told(text) == "1 2 ");
    BOOST_TEST(text.find("event: event\n") != std::string::npos);
    BOOST_TEST(text.ends_with("\n\n"));
    BOOST_TEST(listener.take() == "");
}

BOOST_AUTO_TEST_CASE(it_hears_only_what_it_wants) {
    LiveFeed::Listener events(feed, {.kinds = {LiveKind::event, LiveKind::probe}}, "");
    LiveFeed::Listener of_n2(feed, {.kinds = {}, .probe = "n2"}, "");
    publish("1");
    publish("2", LiveKind::event);
    publish("3", LiveKind::trace, "n2");
    BOOST_TEST(told(events.take()) == "2 ");
    BOOST_TEST(told(of_n2.take()) == "3 ");
}

BOOST_AUTO_TEST_CASE(one_that_comes_back_goes_on_where_it_was) {
    std::string id;
    {
        LiveFeed::Listener listener(feed, {}, "");
        publish("1");
        id = last_id(listener.take());
    }
    publish("2");
    LiveFeed::Listener again(feed, {}, id);
    publish("3");
    BOOST_TEST(told(again.take()) == "2 3 ");
}

BOOST_AUTO_TEST_CASE(a_slow_one_is_told_what_it_missed) {
    LiveFeed::Listener slow(feed, {}, "");
    for (int i = 1; i <= 6; ++i)
        publish(std::to_string(i));
    BOOST_TEST(told(slow.take()) == "missed{\"count\":2} 3 4 5 6 ");
}

BOOST_AUTO_TEST_CASE(memory_is_bounded_by_bytes_too) {
    LiveFeed::Listener slow(feed, {}, "");
    for (int i = 0; i < 3; ++i)
        publish(std::string(60'000, 'x'));
    BOOST_TEST(told(slow.take()).starts_with("missed{\"count\":2} x"));
}

BOOST_AUTO_TEST_CASE(an_id_of_another_life_of_the_master_is_not_believed) {
    for (auto const* id : {"1-1", "nonsense", "-", "999999999999999999999"}) {
        LiveFeed::Listener listener(feed, {}, id);
        publish("1");
        BOOST_TEST(told(listener.take()) == "missed{} 1 ", id);
    }
    LiveFeed other(io.get_executor(), started, {});
    std::optional<LiveFeed::Listener> of_the_future;
    publish("2");
    LiveFeed::Listener here(feed, {}, "");
    publish("3");
    of_the_future.emplace(other, LiveFilter{}, last_id(here.take()));
    BOOST_TEST(of_the_future->take().find("missed") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_long_backlog_comes_in_pieces) {
    LiveFeed large(io.get_executor(), started, {});
    LiveFeed::Listener listener(large, {}, "");
    for (int i = 0; i < 10; ++i)
        large.publish({.kind = LiveKind::trace,
                       .probe = "n1",
                       .measurement = "m",
                       .json = std::string(20'000, 'x')});
    std::size_t total = 0;
    int pieces = 0;
    for (auto text = listener.take(); !text.empty(); text = listener.take(), ++pieces) {
        BOOST_TEST(text.size() < 100'000U);
        total += text.size();
    }
    BOOST_TEST(pieces > 2);
    BOOST_TEST(total > 200'000U);
}

BOOST_AUTO_TEST_CASE(nothing_is_kept_for_nobody) {
    BOOST_TEST(!feed.is_wanted());
    {
        LiveFeed::Listener one(feed, {}, "");
        LiveFeed::Listener two(feed, {}, "");
        BOOST_TEST(feed.is_wanted());
        BOOST_TEST(feed.is_full());
    }
    BOOST_TEST(!feed.is_full());
    BOOST_TEST(feed.is_wanted());  // for a while
}

BOOST_AUTO_TEST_CASE(what_happens_while_nobody_listens_is_counted) {
    LiveFeed::Listener listener(feed, {}, "");
    publish("1");
    auto const id = last_id(listener.take());
    LiveFeed lonely(io.get_executor(), started, {});
    NetworkWatch::Findings const findings{
        .events = {Event()}, .culprits = {CulpritRecord()}, .bursts = {}};
    tell_traces(lonely, {Trace()});
    tell_findings(lonely, findings);
    LiveFeed::Listener again(lonely, {}, id);  // of the first trace
    BOOST_TEST(told(again.take()) == "missed{\"count\":2} ");
}

BOOST_AUTO_TEST_CASE(culprits_and_events_are_told) {
    Event const event{.id = {},
                      .kind = EventKind::path_changed,
                      .at = started,
                      .summary = "other routers",
                      .probes = {"n1"},
                      .measurement = {},
                      .subject = {},
                      .before = {},
                      .after = {},
                      .evidence = {},
                      .closes = {}};
    LiveFeed::Listener listener(feed, {.kinds = {}, .probe = "n1", .measurement = {}}, "");
    LiveFeed::Listener all(feed, {}, "");
    NetworkWatch::Findings findings{.events = {event}, .culprits = {CulpritRecord()}, .bursts = {}};
    tell_findings(feed, findings);
    BOOST_TEST(listener.take().find("\"summary\":\"other routers\"") != std::string::npos);
    BOOST_TEST(all.take().find("event: culprit") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
