#include "ingest/report_turns.hpp"

#include "io_fixture.hpp"
#include "log_capture.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/async/task_group.hpp>
#include <dtrace/async/wakeup.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <map>
#include <string>

using namespace dtrace;
using master::ReportTurns;
using Body = boost::asio::awaitable<void>;

namespace {

/// Reports with names; each keeps its turn until it is told to end.
struct TurnsFixture : test::IoFixture {
    test::LogCapture log;
    async::TaskGroup group{io.get_executor(), log};
    ReportTurns turns{{.at_once = 2, .max_waiting_bytes = 100}};
    async::Wakeup told{io.get_executor()};
    std::map<std::string, bool> may_end;
    std::string story;  ///< "+a": has its turn, "-a": was sent away

    Body report(std::string name, std::size_t bytes) {
        auto const turn = co_await turns.take(bytes);
        story += (turn ? " +" : " -") + name;
        while (turn && !may_end[name])
            co_await told.wait();
    }

    /// As many turns of the loop as anything here needs, and more.
    static Body settle() {
        auto const executor = co_await boost::asio::this_coro::executor;
        for (int i = 0; i < 100; ++i)
            co_await boost::asio::post(executor, boost::asio::use_awaitable);
    }

    Body come(std::string name, std::size_t bytes) {
        group.spawn(name, report(name, bytes));
        co_await settle();
    }

    Body end(std::string name) {
        may_end[name] = true;
        told.notify_all();
        co_await settle();
    }

    template <class F>
    void with_turns(F body) {
        run([&]() -> Body {
            co_await body();
            co_await group.join(milliseconds(1));
        });
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(report_turns, TurnsFixture)

BOOST_AUTO_TEST_CASE(the_first_to_come_is_the_next) {
    with_turns([&]() -> Body {
        for (auto const* name : {"a", "b", "c", "d"})
            co_await come(name, 10);
        BOOST_TEST(story == " +a +b");
        BOOST_TEST(turns.waiting() == 2U);
        co_await end("b");
        co_await end("a");
        BOOST_TEST(story == " +a +b +c +d");
        co_await end("c");
        co_await come("e", 10);
        BOOST_TEST(story == " +a +b +c +d +e");
    });
}

BOOST_AUTO_TEST_CASE(too_many_send_the_longest_waiting_away_but_none_at_work) {
    with_turns([&]() -> Body {
        for (auto const* name : {"a", "b", "c", "d"})
            co_await come(name, 50);
        co_await come("e", 60);
        BOOST_TEST(story == " +a +b -c -d");
        co_await come("f", 40);
        BOOST_TEST(turns.waiting() == 2U);
        co_await end("a");
        BOOST_TEST(story == " +a +b -c -d +e");
    });
}

BOOST_AUTO_TEST_CASE(one_that_is_larger_than_the_limit_waits_alone) {
    with_turns([&]() -> Body {
        for (auto const* name : {"a", "b", "c"})
            co_await come(name, 10);
        co_await come("large", 1000);
        BOOST_TEST(story == " +a +b -c");
        co_await end("a");
        BOOST_TEST(story == " +a +b -c +large");
    });
}

BOOST_AUTO_TEST_CASE(who_gives_up_leaves_the_turn_to_the_next) {
    with_turns([&]() -> Body {
        co_await come("a", 10);
        co_await come("b", 10);
        auto impatient = report("impatient", 10);
        auto const ended =
            co_await async::run_until(Clock::now() + milliseconds(1), std::move(impatient));
        BOOST_TEST((ended == async::Ended::timed_out));
        BOOST_TEST(turns.waiting() == 0U);
        co_await come("c", 10);
        co_await end("a");
        BOOST_TEST(story == " +a +b -impatient +c");
    });
}

BOOST_AUTO_TEST_SUITE_END()
