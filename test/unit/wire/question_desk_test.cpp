#include "resolver/question_desk.hpp"

#include "io_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::wire;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

using Desk = QuestionDesk<int, std::string>;

struct DeskFixture : test::IoFixture {
    std::map<int, Desk::Reply> asked;
    std::vector<int> order;
    std::shared_ptr<Desk> desk = make(2);
    std::vector<std::string> said;

    std::shared_ptr<Desk> make(std::size_t limit) {
        return std::make_shared<Desk>(io.get_executor(), limit, [this](int key, Desk::Reply reply) {
            order.push_back(key);
            asked[key] = std::move(reply);
        });
    }

    void reply(int key, std::string text) {
        auto const answer = std::move(asked.extract(key).mapped());
        answer(std::move(text));
    }

    void visit(int key, Duration patience = 1h, asio::cancellation_signal* stop = nullptr) {
        auto visitor = [](DeskFixture& self, int number, Duration limit) -> asio::awaitable<void> {
            auto const outcome = co_await Desk::ask(self.desk, number, Clock::now() + limit);
            self.said.push_back(std::to_string(number) + ":" +
                                outcome.answer.value_or(outcome.late ? "late" : "given up"));
        };
        auto const ended = [](std::exception_ptr failure) { BOOST_TEST(!failure); };
        if (stop)
            asio::co_spawn(io, visitor(*this, key, patience),
                           asio::bind_cancellation_slot(stop->slot(), ended));
        else
            asio::co_spawn(io, visitor(*this, key, patience), ended);
    }

    void settle() {
        io.restart();
        io.poll();
    }

    std::string all_said() {
        settle();
        std::string text;
        for (auto const& each : std::exchange(said, {}))
            text += each + ' ';
        return text;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(question_desk, DeskFixture)

BOOST_AUTO_TEST_CASE(equal_questions_are_asked_once) {
    visit(1);
    visit(1);
    visit(2);
    settle();
    BOOST_TEST(order == (std::vector{1, 2}), boost::test_tools::per_element());
    reply(1, "one");
    BOOST_TEST(all_said() == "1:one 1:one ");
    reply(2, "two");
    BOOST_TEST(all_said() == "2:two ");
    // Nothing is remembered: that is the cache's business.
    visit(1);
    settle();
    reply(1, "uno");
    BOOST_TEST(all_said() == "1:uno ");
}

BOOST_AUTO_TEST_CASE(the_limit_holds_and_the_queue_moves) {
    for (int key = 1; key <= 5; ++key)
        visit(key);
    settle();
    BOOST_TEST(order.size() == 2u);
    reply(2, "b");
    BOOST_TEST(order.size() == 3u);
    reply(1, "a");
    reply(3, "c");
    reply(4, "d");
    reply(5, "e");
    BOOST_TEST(all_said() == "2:b 1:a 3:c 4:d 5:e ");
}

BOOST_AUTO_TEST_CASE(an_answer_may_come_at_once) {
    desk = std::make_shared<Desk>(io.get_executor(), 1,
                                  [](int key, Desk::Reply reply) { reply(std::to_string(key)); });
    for (int key = 1; key <= 3; ++key)
        visit(key);
    BOOST_TEST(all_said() == "1:1 2:2 3:3 ");
}

BOOST_AUTO_TEST_CASE(patience_ends_but_the_answer_still_serves_others) {
    visit(1, 0s);
    visit(1);
    io.run_one_for(1s);
    BOOST_TEST(all_said() == "1:late ");
    visit(1);
    settle();
    BOOST_TEST(order.size() == 1u);
    reply(1, "one");
    BOOST_TEST(all_said() == "1:one 1:one ");
}

BOOST_AUTO_TEST_CASE(what_nobody_waits_for_any_more_is_not_asked) {
    asio::cancellation_signal stop;
    visit(1);
    visit(2);
    visit(3, 1h, &stop);
    visit(4);
    settle();
    stop.emit(asio::cancellation_type::terminal);
    BOOST_TEST(all_said() == "3:given up ");
    reply(1, "a");
    BOOST_TEST(order == (std::vector{1, 2, 4}), boost::test_tools::per_element());
    visit(3);  // and can be asked again
    reply(2, "b");
    settle();
    reply(3, "c");
    reply(4, "d");
    BOOST_TEST(all_said() == "1:a 2:b 3:c 4:d ");
}

BOOST_AUTO_TEST_CASE(closing_wakes_everybody) {
    for (int key = 1; key <= 3; ++key)
        visit(key);
    settle();
    desk->close();
    BOOST_TEST(all_said() == "1:given up 2:given up 3:given up ");
    visit(9);
    BOOST_TEST(all_said() == "9:given up ");
    BOOST_TEST(order.size() == 2u);
    asked.clear();
}

BOOST_AUTO_TEST_SUITE_END()
