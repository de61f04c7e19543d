#include "assignment/assignment_keeper.hpp"

#include "io_fixture.hpp"
#include "log_capture.hpp"
#include "temp_dir.hpp"

#include <dtrace/async/task_group.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

using namespace dtrace;
using namespace dtrace::probe;

namespace {

struct AssignmentKeeperFixture : test::IoFixture {
    test::TempDir dir;
    test::LogCapture log;
    async::WorkerPool workers{{.name = "workers", .threads = 1}};
    std::filesystem::path path = dir / "assignment.json";

    AssignmentFile file() const { return {path, "http://m.example:8990", "n1"}; }

    static Assignment assignment(std::string target) {
        Assignment made{.revision = 7, .probe = "n1", .report_url = std::nullopt};
        AssignedMeasurement measurement;
        measurement.id = make_uuid_from_name("a");
        measurement.target = std::move(target);
        made.measurements.push_back(measurement);
        return made;
    }
    std::string kept_target() const {
        auto const kept = file().read();
        return kept && *kept ? (*kept)->measurements.front().target : "none";
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(assignment_keeper, AssignmentKeeperFixture)

BOOST_AUTO_TEST_CASE(the_last_one_is_on_disk_in_the_end) {
    AssignmentKeeper keeper(io.get_executor(), file(), workers, log);
    run([&]() -> boost::asio::awaitable<void> {
        async::TaskGroup tasks(io.get_executor(), log);
        tasks.spawn("keeper", keeper.run());
        for (auto const* target : {"one.example", "two.example", "three.example"})
            keeper.keep(assignment(target));
        while (kept_target() != "three.example")
            co_await async::offload(workers, [] {});  // the keeper's turn at the same thread
        keeper.keep(assignment("four.example"));
        co_await tasks.join(seconds(1));
    });
    keeper.finish();
    BOOST_TEST(kept_target() == "four.example");
    BOOST_TEST(log.events().empty(), log.text());
}

BOOST_AUTO_TEST_CASE(signals_that_come_while_it_writes_end_it) {
    for (int i = 0; i < 50; ++i) {
        AssignmentKeeper keeper(io.get_executor(), file(), workers, log);
        auto const target = std::to_string(i) + ".example";
        run([&]() -> boost::asio::awaitable<void> {
            async::TaskGroup tasks(io.get_executor(), log);
            tasks.spawn("keeper", keeper.run());
            keeper.keep(assignment(target));
            co_await boost::asio::post(io, boost::asio::use_awaitable);  // its turn
            co_await tasks.join(Duration::zero());
        });
        keeper.finish();
        BOOST_TEST(kept_target() == target);
    }
}

BOOST_AUTO_TEST_CASE(signals_that_come_while_it_fails_to_write_end_it) {
    path = dir / "missing" / "assignment.json";
    for (int i = 0; i < 50; ++i) {
        AssignmentKeeper keeper(io.get_executor(), file(), workers, log, std::chrono::hours(1));
        run([&]() -> boost::asio::awaitable<void> {
            async::TaskGroup tasks(io.get_executor(), log);
            tasks.spawn("keeper", keeper.run());
            keeper.keep(assignment("one.example"));
            co_await boost::asio::post(io, boost::asio::use_awaitable);  // its turn
            co_await tasks.join(Duration::zero());
        });
        keeper.finish();
    }
    BOOST_TEST(log.count("assignment not kept on disk") >= 50U);
}

BOOST_AUTO_TEST_CASE(what_the_disk_does_not_take_is_tried_again) {
    path = dir / "later" / "assignment.json";
    AssignmentKeeper keeper(io.get_executor(), file(), workers, log, milliseconds(1));
    run([&]() -> boost::asio::awaitable<void> {
        async::TaskGroup tasks(io.get_executor(), log);
        tasks.spawn("keeper", keeper.run());
        keeper.keep(assignment("one.example"));
        while (log.count("assignment not kept on disk") == 0)
            co_await async::offload(workers, [] {});
        std::filesystem::create_directory(dir / "later");
        while (kept_target() != "one.example")
            co_await async::offload(workers, [] {});
        co_await tasks.join(seconds(1));
    });
}

BOOST_AUTO_TEST_CASE(one_off_work_writes_nothing) {
    AssignmentKeeper keeper(io.get_executor(), file(), workers, log);
    keeper.keep(assignment("one.example"));
    keeper.finish();
    std::filesystem::remove(path);
    auto again = assignment("one.example");
    again.revision = 8;
    again.once.push_back({.id = make_uuid_from_name("o"), .measurement = {}, .target = "h"});
    keeper.keep(again);
    keeper.finish();
    BOOST_TEST(!std::filesystem::exists(path));
    keeper.keep(assignment("two.example"));
    keeper.finish();
    BOOST_TEST(kept_target() == "two.example");
}

BOOST_AUTO_TEST_CASE(what_was_kept_is_taken_up_and_not_written_again) {
    BOOST_REQUIRE(file().write(assignment("one.example")));
    AssignmentKeeper keeper(io.get_executor(), file(), workers, log);
    auto const kept = keeper.take_up();
    BOOST_REQUIRE(kept.has_value());
    std::filesystem::remove(path);
    keeper.keep(*kept);
    keeper.finish();
    BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(a_disk_that_does_not_take_it_is_told_of) {
    AssignmentKeeper keeper(io.get_executor(), {dir / "missing" / "a.json", "m", "n"}, workers,
                            log);
    keeper.keep(assignment("one.example"));
    keeper.finish();
    BOOST_TEST(log.count("assignment not kept on disk") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
